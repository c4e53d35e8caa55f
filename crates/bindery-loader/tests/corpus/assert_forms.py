out = []
for f in [lambda: (_ for _ in ()).throw, ]:
  pass
def t(x):
  try:
    assert x, ('bad', x)
    out.append('ok')
  except AssertionError as e:
    out.append(e.args)
t(1); t(0)
try:
  assert []
except AssertionError as e:
  out.append(str(e))
result = out
