d = {1: 'int'}
d[1.0] = 'float'
d[True] = 'bool'
result = [d, len(d), d[1]]
