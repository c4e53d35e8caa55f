import itertools
result = [list(itertools.chain([1], 'ab', range(2))), list(itertools.chain.from_iterable([[1], [2, 3]]))]
