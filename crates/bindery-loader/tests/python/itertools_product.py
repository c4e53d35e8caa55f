from itertools import product
result = [list(product('ab', [1, 2])), list(product([0, 1], repeat=2)), list(product()), list(product('a', []))]
