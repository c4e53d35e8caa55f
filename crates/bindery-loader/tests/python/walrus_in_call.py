def f(a, b=0):
    return [a, b]
result = f((z := 3), b=z + 1)
