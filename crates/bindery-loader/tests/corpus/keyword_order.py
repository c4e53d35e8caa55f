def f(**kw):
  return list(kw.items())
result = [f(b=1, a=2), f(**{'z': 1}, y=2), dict(b=1, a=2)]
