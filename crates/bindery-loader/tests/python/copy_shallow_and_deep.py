import copy
x = {'a': [1, [2]], 'b': (3, [4])}
s, d = copy.copy(x), copy.deepcopy(x)
x['a'][1].append(5)
x['c'] = 6
result = [s, d, s['a'] is x['a'], d['a'] is x['a']]
