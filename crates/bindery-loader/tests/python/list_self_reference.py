x = [1]
x.append(x)
result = [repr(x), len(x), x[1] is x]
