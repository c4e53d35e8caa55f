d = {'a': 1, 'b': 2}
out = [d.get('a'), d.get('z'), d.get('z', 0), d.pop('a'), d.pop('q', 'none'), d.setdefault('c', []), d.setdefault('b', 9), list(d.keys()), list(d.values()), list(d.items())]
d.update({'b': 5}, e=6)
d.update([('f', 7)])
result = [out, d, d.copy() == d, d.popitem(), len(d)]
