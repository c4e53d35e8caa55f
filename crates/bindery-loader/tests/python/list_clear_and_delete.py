x = [1, 2, 3]
y = x
x.clear()
x.append(4)
del y[0]
result = [x, y]
