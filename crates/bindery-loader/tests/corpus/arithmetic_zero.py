out = []
for op in [lambda: 1 // 0, lambda: 1 % 0, lambda: 1 / 0, lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: 0 ** -1]:
  try:
    out.append(op())
  except ZeroDivisionError as e:
    out.append(str(e))
result = out
