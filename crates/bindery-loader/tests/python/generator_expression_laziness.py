out = []
def f(x):
    out.append(x)
    return x
g = (f(x) for x in range(3))
first = next(g)
result = [first, out, list(g), out]
