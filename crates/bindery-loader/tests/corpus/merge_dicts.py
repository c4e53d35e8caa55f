def merge(a, b):
  out = dict(a)
  for k, v in b.items():
    out[k] = merge(out[k], v) if isinstance(v, dict) and isinstance(out.get(k), dict) else v
  return out
base = {'cpu': 1, 'env': {'A': '1', 'B': '2'}}
result = [merge(base, {'env': {'B': '3'}, 'ram': 2}), base, {**base, **{'cpu': 2}}]
