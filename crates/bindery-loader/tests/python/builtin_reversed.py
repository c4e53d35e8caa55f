result = [list(reversed([1, 2])), ''.join(reversed('abc')), list(reversed((1, 2))), list(reversed({'a': 1, 'b': 2}))]
