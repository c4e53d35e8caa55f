def flatten(d, prefix=''):
    out = {}
    for k, v in d.items():
        key = prefix + '.' + k if prefix else k
        if isinstance(v, dict):
            out.update(flatten(v, key))
        else:
            out[key] = v
    return out
result = flatten({'a': {'b': 1, 'c': {'d': 2}}, 'e': [3]})
