from collections import namedtuple
P = namedtuple('P', ['a', 'b', 'c'], defaults=[1, 2])
result = [list(P(0)), list(P(5, 6))]
