from itertools import zip_longest
result = [list(zip_longest('ab', 'x')), list(zip_longest([1], [2, 3], fillvalue=0))]
