def merge(a, b):
    out = dict(a)
    for k, v in b.items():
        out[k] = merge(out[k], v) if isinstance(v, dict) and isinstance(out.get(k), dict) else v
    return out
result = merge({'x': {'y': 1, 'z': 2}, 'k': 0}, {'x': {'y': 5, 'w': 6}})
