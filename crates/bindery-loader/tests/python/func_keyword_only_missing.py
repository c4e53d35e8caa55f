def f(*, a, b):
    return a
result = f(a=1)
