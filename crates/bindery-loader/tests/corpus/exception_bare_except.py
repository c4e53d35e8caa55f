out = []
try:
  [][0]
except:
  out.append('caught')
try:
  try:
    raise RuntimeError('a')
  finally:
    out.append('cleanup')
except RuntimeError as e:
  out.append(e.args)
def g():
  try:
    return 1
  finally:
    out.append('after return')
out.append(g())
def h():
  for i in range(2):
    try:
      return 'first'
    finally:
      return 'second'
out.append(h())
result = out
