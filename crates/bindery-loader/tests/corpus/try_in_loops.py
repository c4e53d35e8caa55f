out = []
for x in ['1', 'b', '3', None]:
  try:
    out.append(int(x))
  except (ValueError, TypeError) as e:
    out.append(type(e).__name__)
    continue
  finally:
    out.append('f')
for i in range(3):
  try:
    if i == 1:
      break
  finally:
    out.append(i)
result = out
