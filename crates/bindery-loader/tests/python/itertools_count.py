from itertools import count
c = count(10, -3)
f = count(0.5, 0.25)
result = [[next(c) for _ in range(4)], [next(f) for _ in range(3)], dict(zip('abc', count()))]
