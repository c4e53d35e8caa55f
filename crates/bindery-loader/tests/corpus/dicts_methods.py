d = {'a': 1, 'b': 2}
d['c'] = 3; d.update({'a': 9}, d=4); d.update([('e', 5)]); x = d.pop('b'); y = d.pop('zz', None); z = d.setdefault('f', []); z.append(1)
del d['c']
e = dict(d); e.clear()
result = [d, x, y, e, list(d), list(d.keys()), list(d.values()), list(d.items()), d.get('a'), d.get('q'), d.get('q', 0), 'a' in d, len(d), dict(a=1, b=2), dict([(1, 2)]), dict(zip('ab', [1, 2])), {**d, 'z': 1}, {1: 'a', True: 'b', 1.0: 'c'}, d == dict(d), dict.fromkeys('ab', 0), d.popitem(), {'x': 1} | {'y': 2}, d.copy() is d, sorted(d.items(), key=lambda kv: str(kv[1]))]
