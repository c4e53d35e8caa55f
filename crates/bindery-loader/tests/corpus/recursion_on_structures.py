def depth(x):
  return 1 + max([depth(v) for v in x], default=0) if isinstance(x, list) else 0
def replace(x, table):
  if isinstance(x, dict):
    return {k: replace(v, table) for k, v in x.items()}
  if isinstance(x, (list, tuple)):
    return type(x)(replace(v, table) for v in x)
  return table.get(x, x)
def hanoi(n, a='A', b='B', c='C'):
  return [] if n == 0 else hanoi(n - 1, a, c, b) + [(a, c)] + hanoi(n - 1, b, a, c)
result = [depth([1, [2, [3]], []]), replace({'a': ['x', ('y', 'z')]}, {'x': 1, 'z': 2}), hanoi(3), len(hanoi(6))]
