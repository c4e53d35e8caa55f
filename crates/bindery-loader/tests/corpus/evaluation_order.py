log = []
def t(x):
  log.append(x)
  return x
d = {t('k1'): t('v1'), t('k2'): t('v2')}
l = [t(1), t(2)]
t('a') + t('b')
(lambda *a, **k: 0)(t('p'), q=t('kw'))
x = t(5) if t(True) else t('no')
t(1) < t(2) < t(0) < t('never')
z = l
z[t(0)] = t('val')
result = log
