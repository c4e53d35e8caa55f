log = []
def t(x):
  log.append(x)
  return x
t(0) and t('never')
t(1) or t('never')
t('') or t([]) or t(None)
not t(0) and t('yes')
result = log
