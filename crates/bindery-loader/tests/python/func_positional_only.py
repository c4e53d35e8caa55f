def f(a, b, /, c):
    return [a, b, c]
result = [f(1, 2, 3), f(1, 2, c=4)]
