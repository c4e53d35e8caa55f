def f(a: int, b: 'text' = 'x') -> str:
    c: int = 5
    return '%s%s%s' % (a, b, c)
result = f(1)
