from itertools import takewhile, dropwhile, filterfalse, compress, starmap
result = [list(takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(filterfalse(lambda x: x % 2, range(5))), list(compress('abcd', [1, 0, 1])), list(starmap(pow, [(2, 3), (3, 2)]))]
