calls = []
def d():
  calls.append(1)
  return len(calls)
def f(x=d(), *, y=d()):
  return x, y
result = [f(), f(), f(9), calls]
