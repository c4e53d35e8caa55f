a = 1, 2; b = (3,); c = (); d, (e, *f), g = 1, [2, 3, 4], 5; *h, i = 'abc'; j, = [7]
result = [a, b, c, d, e, f, g, h, i, j, a + b, a * 2, a[0], a[-1:], len(a), 1 in a, a.index(2), a.count(1), tuple('ab'), (1, 2) == (1, 2), (1, 2) < (1, 3), hash((1, 2)) == hash((1, 2)), (*a, *b), [*a, 9]]
