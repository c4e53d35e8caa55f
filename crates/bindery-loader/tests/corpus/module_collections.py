from collections import OrderedDict, namedtuple, defaultdict, Counter
o = OrderedDict([('b', 1), ('a', 2)]); o.move_to_end('b')
P = namedtuple('P', 'x y'); q = P(1, y=2)
R = namedtuple('R', ['a', 'b'], defaults=[5])
d = defaultdict(list); d['k'].append(1)
n = defaultdict(int); n['z'] += 2
c = Counter('abracadabra'); c.update('aa')
result = [o, list(o), o == {'a': 2, 'b': 1}, q, q.x, q[1], q._asdict(), q._replace(x=9), P._fields, isinstance(q, tuple), R(1), d, dict(n), n['missing'], c.most_common(2), c['q'], Counter(a=3) + Counter(a=1, b=2), Counter(a=3) - Counter(a=1), sum(c.values()), sorted(c.elements())[:3], OrderedDict(a=1), repr(c), x if (x := q.x) else None]
