x = 'outer'
l = [x for x in range(3)]
def f():
  y = 10
  return [y + i for i in range(2)], {i: (lambda: i + y)() for i in range(2)}, [[k * y for k in range(m)] for m in range(3)]
result = [x, l, f()]
