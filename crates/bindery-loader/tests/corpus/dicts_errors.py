out = []
def t(f):
  try:
    out.append(f())
  except Exception as e:
    out.append((type(e).__name__, str(e)))
t(lambda: {}['a']); t(lambda: {1: 2}.pop(5)); t(lambda: {}.popitem()); t(lambda: {[]: 1}); t(lambda: dict(5)); t(lambda: dict([(1, 2, 3)])); t(lambda: {**5}); t(lambda: {}.x); t(lambda: {'a': 1}.update(5))
def change():
  d = {'a': 1}
  for k in d:
    d['b'] = 2
t(change)
result = out
