from functools import reduce
result = [reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a * b, [], 1), reduce(lambda a, b: a + [b], 'ab', [])]
