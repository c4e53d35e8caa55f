from itertools import tee, pairwise
a, b = tee([1, 2, 3])
result = [next(a), list(b), list(a), list(pairwise('abcd'))]
