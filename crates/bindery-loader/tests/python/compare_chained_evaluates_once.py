out = []
def v(x):
    out.append(x)
    return x
r = v(1) < v(5) < v(3) < v(9)
result = [r, out]
