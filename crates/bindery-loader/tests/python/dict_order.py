d = {'z': 1, 'a': 2}
d['m'] = 3
d['z'] = 4
del d['a']
d['a'] = 5
result = [list(d), list(reversed(d)), d]
