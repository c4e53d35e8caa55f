from collections import namedtuple
P = namedtuple('P', 'x y')
p = P(1, y=2)
x, y = p
result = [p.x, p[1], list(p), repr(p), p == (1, 2), p._replace(x=5).x, p._asdict(), P._fields, x + y, len(p), P(*[3, 4]).y]
