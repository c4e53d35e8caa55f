d = {'a': 1}
k, v, i = d.keys(), d.values(), d.items()
d['b'] = 2
result = [list(k), list(v), list(i), len(k), 'b' in k, ('b', 2) in i, repr(k), repr(v), repr(i)]
