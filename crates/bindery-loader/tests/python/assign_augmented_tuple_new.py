a = b = (1,)
a += (2,)
result = [a, b]
