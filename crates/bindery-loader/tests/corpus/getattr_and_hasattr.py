out = []
for obj, name in [('a', 'upper'), ([], 'append'), ({}, 'has_key'), (5, 'real'), ('a', 'nope'), (None, 'x'), (len, '__name__'), ('a', 'decode'), (b'a', 'decode')]:
  if name == 'has_key':
    continue
  out.append((name, hasattr(obj, name)))
f = getattr('x,y', 'split')
result = [out, f(','), getattr([], 'nope', None), getattr('a', 'join')(['1', '2'])]
