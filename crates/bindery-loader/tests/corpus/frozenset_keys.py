d = {frozenset([1, 2]): 'a', (1, 2): 'b', 'k': 'c', 1.5: 'd', None: 'e'}
result = [d[frozenset([2, 1])], d[(1, 2)], d[None], d[1.5], len(d)]
