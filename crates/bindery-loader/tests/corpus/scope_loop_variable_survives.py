for i in range(3):
  pass
for a, b in [(1, 2)]:
  c = a
result = [i, a, b, c]
