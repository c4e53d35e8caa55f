a = b = c = []
a.append(1)
result = [a, b, c, a is c]
