from functools import partial
def f(a, b, c=3, **k):
    return [a, b, c, k]
p = partial(f, 1, c=5)
result = [p(2), p(2, c=6), p(2, d=7), partial(int, base=2)('101'), p.args, p.keywords]
