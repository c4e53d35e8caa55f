r = range(2, 20, 3)
result = [list(r), r[0], r[-1], r[1:3], len(r), 5 in r, 6 in r, r.index(8), r.count(8), list(reversed(r)), range(5) == range(0, 5), range(0) == range(2, 2), repr(range(1, 2)), list(range(-3)), list(range(3, 0, -1)), sum(range(101)), range(10)[::-2], list(range(0, -10, -4)), max(range(5)), range(0, 10, 3).stop, tuple(range(2)), 3.0 in range(5), [*range(2)]]
