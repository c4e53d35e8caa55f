x = list(range(8))
del x[2:4]
del x[::3]
del x[-1]
result = x
