a = b = [1]
a.append(2)
c, d = e = (3, 4)
[f, [g, h]] = [1, [2, 3]]
(i), j = 5, 6
k = l, *m = 1, 2, 3
x = {}
x['a'], x['b'] = 1, 2
for y, x['c'] in [(1, 2)]: pass
result = [a, b, c, d, e, f, g, h, i, j, k, l, m, x]
