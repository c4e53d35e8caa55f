out = []
for template, values in [('%s %s', ('a',)), ('%s', ('a', 'b')), ('%d', ('x',)), ('%z', (1,)), ('%(a)s', {'b': 1}), ('%(a)s', (1,)), ('%', (1,)), ('%x', (1.5,)), ('%c', ('ab',))]:
  try:
    out.append(template % values)
  except (TypeError, ValueError, KeyError) as e:
    out.append((type(e).__name__, str(e)))
result = out
