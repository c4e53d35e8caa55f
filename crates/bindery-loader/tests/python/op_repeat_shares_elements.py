x = [[]] * 3
x[0].append(1)
result = x
