out = []
for f in [lambda: range(1, 2, 0), lambda: range(1.5), lambda: range(), lambda: range(5)[9], lambda: range('a'), lambda: range(3).index(7)]:
  try:
    out.append(f())
  except Exception as e:
    out.append((type(e).__name__, str(e)))
result = out
