a = {'x': 1, 'y': 2}
b = {'y': 3, 'z': 4}
c = a | b
a |= b
result = [c, a, list(c)]
