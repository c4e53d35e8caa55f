from itertools import groupby
result = [[(k, list(g)) for k, g in groupby('aabbca')], [(k, len(list(g))) for k, g in groupby([1, 3, 2, 4, 5], key=lambda x: x % 2)]]
