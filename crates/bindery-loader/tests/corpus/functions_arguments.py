def f(a, b=2, *args, c, d=4, **kw):
  return (a, b, args, c, d, kw)
def g(a, /, b, *, k=1):
  return (a, b, k)
def h(x, items=[]):
  items.append(x)
  return items
result = [f(1, c=3), f(1, 5, 6, 7, c=3, z=9), f(*[1, 2, 3], **{'c': 4, 'q': 5}), g(1, b=2, k=3), g(1, 2), h(1), h(2), (lambda *a, **k: (a, k))(1, x=2), (lambda x, y=3: x + y)(1)]
