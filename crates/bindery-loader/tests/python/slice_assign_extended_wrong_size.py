x = list(range(6))
x[::2] = [1]
