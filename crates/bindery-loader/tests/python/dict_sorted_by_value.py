d = {'a': 3, 'b': 1, 'c': 2}
result = [sorted(d), sorted(d, key=d.get), sorted(d.items(), key=lambda kv: -kv[1]), max(d, key=d.get)]
