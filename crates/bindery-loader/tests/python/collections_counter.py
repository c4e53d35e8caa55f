from collections import Counter
c = Counter('abracadabra')
result = [c['a'], c['zz'], c.most_common(2), sorted(c.elements())[:3], sum(c.values()), dict(Counter(a=1) + Counter(a=2, b=1)), dict(Counter(a=3) - Counter(a=1, b=2)), repr(Counter('aab'))]
