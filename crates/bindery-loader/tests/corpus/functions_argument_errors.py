def f(a, b=2): pass
def g(a, b, c): pass
def h(*, k): pass
def i(): pass
out = []
def t(call):
  try:
    call()
  except TypeError as e:
    out.append(str(e))
t(lambda: f()); t(lambda: f(1, 2, 3)); t(lambda: f(1, x=2)); t(lambda: f(1, a=2)); t(lambda: g()); t(lambda: g(1)); t(lambda: h()); t(lambda: h(1)); t(lambda: i(1)); t(lambda: i(x=1)); t(lambda: g(1, 2, 3, 4)); t(lambda: f(**{1: 2}))
result = [s.replace('__main__.', '') for s in out]
