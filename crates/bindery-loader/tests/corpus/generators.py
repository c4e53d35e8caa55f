def count(n):
  i = 0
  while i < n:
    yield i
    i += 1
def both(a, b):
  yield from a
  yield from b
g = (x * x for x in range(4))
first = next(g)
result = [list(count(3)), first, list(g), list(g), list(both([1], count(2))), next(iter([]), 'end'), sum(count(5)), max(count(4)), [a for a in zip(count(2), 'xyz')], next((x for x in [1, 5, 0] if 10 / x < 5), None), type(g).__name__]
