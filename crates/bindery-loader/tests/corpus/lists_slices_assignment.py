a = list(range(10)); a[2:5] = ['x']; b = list(range(6)); b[::2] = 'abc'; c = list(range(6)); del c[1:3]; d = list(range(6)); del d[::2]; e = [1, 2, 3]; e[1:1] = [9, 9]; f = [1, 2, 3]; f[5:] = [4]; g = [1, 2]; g[-1] = 7; del g[0]; h = [1, 2, 3]; h[0], h[1] = h[1], h[0]; i = [[]] * 2; i[0].append(1); j = [1]; j += 'ab'; k = [1, 2]; k *= 2
result = [a, b, c, d, e, f, g, h, i, j, k]
