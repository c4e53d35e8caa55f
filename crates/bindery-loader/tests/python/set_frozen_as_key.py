d = {frozenset([1, 2]): 'x'}
result = [d[frozenset([2, 1])], frozenset([1]) in d]
