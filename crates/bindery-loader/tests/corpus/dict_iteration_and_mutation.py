d = {'a': 1, 'b': 2, 'c': 3}
for k in list(d):
  if d[k] % 2:
    del d[k]
d['a'] = 9
e = {}
for k, v in sorted({'x': 3, 'y': 1}.items(), key=lambda i: i[1]):
  e[k] = v
result = [d, list(e), {v: k for k, v in e.items()}, dict(sorted(e.items()))]
