x = 'module'
def f():
  def g():
    return x
  x = 'f'
  return g()
def h(x):
  return [x for x in range(2)] + [x]
def k():
  return [(lambda: v)() for v in 'ab']
result = [f(), h('param'), k(), x]
