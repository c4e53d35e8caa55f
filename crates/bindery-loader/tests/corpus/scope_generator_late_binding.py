n = 2
g = (x * n for x in range(3))
n = 10
def make():
  k = 1
  gen = (x + k for x in [1, 2])
  k = 100
  return list(gen)
result = [list(g), make()]
