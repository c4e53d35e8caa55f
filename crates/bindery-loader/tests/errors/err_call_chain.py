def inner(x):
  return 1 / x

def outer(x):
  return inner(x) + 1

result = [outer(i) for i in (2, 0)]
