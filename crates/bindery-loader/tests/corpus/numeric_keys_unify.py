d = {1: 'int'}
d[1.0] = 'float'
d[True] = 'bool'
result = [d, 1.0 in d, len({1, 1.0, True, 2}), {0: 'a', False: 'b', 0.0: 'c', -0.0: 'd'}, hash(2.0) == hash(2), 10 ** 20 in {1e20: 1}]
