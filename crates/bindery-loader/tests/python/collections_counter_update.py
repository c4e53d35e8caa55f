from collections import Counter
c = Counter()
c.update('aab')
c.update({'a': 5})
c.subtract('b')
c['x'] += 2
result = [dict(c), c.most_common(), dict(Counter('ab') & Counter('bc')), dict(Counter('ab') | Counter('bbc'))]
