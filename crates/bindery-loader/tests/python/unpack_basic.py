a, b = 1, 2
[c, d] = [3, 4]
(e, f), g = (5, 6), 7
result = [a, b, c, d, e, f, g]
