data = [1, 2, 3, 0, 4]
it = iter(data)
result = list(iter(lambda: next(it), 0))
