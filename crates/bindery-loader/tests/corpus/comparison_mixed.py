out = []
for a, b in [(1, 'a'), (None, 1), ([1], (1,)), ({}, {}), (1, 2.5), (2 ** 70, 1e30), (float('nan'), 1)]:
  try:
    out.append(a < b)
  except TypeError as e:
    out.append(str(e))
result = out + [float('nan') == float('nan'), 10 ** 20 == 1e20, 2 ** 53 + 1 == float(2 ** 53 + 1)]
