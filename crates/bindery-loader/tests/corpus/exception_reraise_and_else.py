def f(n):
  try:
    if n == 0: raise KeyError('k')
    if n == 1: return 'early'
  except KeyError as e:
    raise ValueError('wrapped: %s' % e) from e
  else:
    return 'else'
  finally:
    log.append(n)
log = []
out = []
for n in range(3):
  try:
    out.append(f(n))
  except ValueError as e:
    out.append(str(e))
result = [out, log]
