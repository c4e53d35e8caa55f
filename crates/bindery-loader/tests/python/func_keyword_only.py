def f(*, a, b=2):
    return [a, b]
result = [f(a=1), f(b=1, a=0)]
