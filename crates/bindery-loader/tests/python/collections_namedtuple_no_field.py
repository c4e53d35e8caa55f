from collections import namedtuple
P = namedtuple('P', 'x')
P(1).z
