d = {'a': 1}
for k, v in d.items():
    d['b'] = 1
