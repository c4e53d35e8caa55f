d = {'a': 1, 'b': 2}
k, v, i = d.keys(), d.values(), d.items()
d['c'] = 3
result = [k, v, i, len(k), 'c' in k, ('a', 1) in i, 3 in v, k & {'a', 'z'} == {'a'}, k == {'a', 'b', 'c'}, list(reversed(list(k))), sorted(k | {'q'}), bool({}.keys())]
