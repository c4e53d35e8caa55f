a = [1, 2]; b = (3,)
def f(*x, **k): return x, k
first, *rest = 'abc'
*init, last = range(4)
x, *y, z = 1, 2
result = [[*a, *b, 4], (*a,), {*a, *b} == {1, 2, 3}, {**{'k': 1}, **{'k': 2}}, f(*a, *b, **{'q': 1}), first, rest, init, last, x, y, z, [*'ab', *range(2)]]
