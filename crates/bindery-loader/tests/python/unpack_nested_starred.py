(a, *b), *c = [[1, 2, 3], 4, 5]
result = [a, b, c]
