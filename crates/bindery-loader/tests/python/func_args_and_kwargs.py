def f(a, *args, b=1, **kw):
    return [a, args, b, kw]
result = [f(1), f(1, 2, 3), f(1, 2, b=3, c=4), f(1, *[5, 6], **{'z': 0})]
