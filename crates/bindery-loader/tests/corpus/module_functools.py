import functools
from functools import partial, reduce
def f(a, b, c=3): return (a, b, c)
p = partial(f, 1, c=9)
def by_length(a, b): return len(a) - len(b)
result = [p(2), p(2, c=4), reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a * b, [], 7), sorted(['ccc', 'a', 'bb'], key=functools.cmp_to_key(by_length)), p.args, p.keywords]
