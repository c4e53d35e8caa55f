log = []
def f(x):
  log.append(x)
  return x * 2
m = map(f, [1, 2, 3])
a = next(m)
b = list(m)
g = filter(lambda v: v > 1, [1, 2, 3])
result = [a, b, log, next(g), list(g), list(g), list(zip(*[(1, 'a'), (2, 'b')])), list(map(lambda x, y: (x, y), 'ab', [1, 2, 3]))]
