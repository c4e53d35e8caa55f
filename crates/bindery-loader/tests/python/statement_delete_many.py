a = b = c = 1
x = [1, 2, 3]
del a, (b, c), x[0]
result = x
