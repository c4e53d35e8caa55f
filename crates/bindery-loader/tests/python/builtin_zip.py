result = [list(zip([1, 2], 'ab')), list(zip([1, 2, 3], 'a')), list(zip()), list(zip(*[(1, 2), (3, 4)])), dict(zip('ab', range(2)))]
