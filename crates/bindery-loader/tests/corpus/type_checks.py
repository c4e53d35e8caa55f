import collections
def kind(x):
  if isinstance(x, bool): return 'bool'
  if isinstance(x, (int, float)): return 'number'
  if isinstance(x, str): return 'text'
  if isinstance(x, (list, tuple)): return 'sequence'
  if isinstance(x, dict): return 'mapping'
  if x is None: return 'none'
  return type(x).__name__
result = [kind(v) for v in [True, 1, 1.5, 'a', [], (), {}, None, set(), b'', collections.OrderedDict(), lambda: 0, len, range(1), kind]]
