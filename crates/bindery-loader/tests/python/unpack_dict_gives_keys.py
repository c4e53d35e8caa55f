a, b = {'x': 1, 'y': 2}
result = [a, b]
