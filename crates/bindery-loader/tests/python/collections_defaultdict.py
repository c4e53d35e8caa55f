from collections import defaultdict
d = defaultdict(list)
d['a'].append(1)
n = defaultdict(int)
for c in 'hello':
    n[c] += 1
result = [dict(d), dict(n), d.get('zz'), 'zz' in d, len(d), defaultdict(lambda: 'x')['q']]
