def outer(n):
  def inner(m=n, *rest, **kw):
    return m + sum(rest) + kw.get('x', 0)
  return inner
fs = [outer(i) for i in range(3)]
result = [f() for f in fs] + [fs[0](1, 2, 3, x=4)]
