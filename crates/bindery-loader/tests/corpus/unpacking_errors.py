out = []
for value, n in [((1, 2, 3), 2), ((1,), 2), (5, 2), ('ab', 3)]:
  try:
    if n == 2:
      a, b = value
    else:
      a, b, c = value
  except (ValueError, TypeError) as e:
    out.append(str(e))
try:
  a, *b, c = [1]
except ValueError as e:
  out.append(str(e))
result = out
