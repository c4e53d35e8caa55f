def f(a, b=2, c='x'):
    return (a, b, c)
result = [f(1), f(1, 3), f(1, c='y'), f(c=1, a=2), f(1, 2, 3)]
