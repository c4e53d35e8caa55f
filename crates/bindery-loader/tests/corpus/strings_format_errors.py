out = []
for template, args in [('{} {1}', (1, 2)), ('{1} {}', (1, 2)), ('{', ()), ('}', ()), ('{x}', ()), ('{2}', (1,)), ('{:d}', ('a',)), ('{:s}', (1,)), ('{!z}', (1,)), ('{:.2d}', (1,)), ('{a', ()), ('{:10', (1,))]:
  try:
    out.append(template.format(*args))
  except (ValueError, KeyError, IndexError, TypeError) as e:
    out.append((type(e).__name__, str(e)))
result = out
