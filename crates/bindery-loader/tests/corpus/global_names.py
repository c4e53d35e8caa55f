x = 1
def f():
  x = 2
  return x
def g():
  return x
def h():
  global y
  y = 5
h()
x, z = 3, x
del z
result = [f(), g(), y, x]
