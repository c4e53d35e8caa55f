def walk(tree):
  if isinstance(tree, list):
    for t in tree:
      yield from walk(t)
  else:
    yield tree
def first(n, it):
  for i, x in enumerate(it):
    if i >= n:
      return
    yield x
def pairs(d):
  for k in sorted(d):
    yield k, d[k]
result = [list(walk([1, [2, [3]], 4])), list(first(2, 'abc')), dict(pairs({'b': 1, 'a': 2})), [x for x in walk([])], ''.join(c for c in first(3, 'hello')), sorted(walk([3, [1]]))]
