out = []
for i in range(5):
  if i == 1:
    continue
  if i == 4:
    break
  out.append(i)
else:
  out.append('no')
for i in []:
  pass
else:
  out.append('else')
n = 0
while True:
  n += 1
  if n > 3:
    break
while n < 6:
  n += 1
else:
  out.append(n)
for i, (a, b) in enumerate([(1, 2), (3, 4)], 1):
  out.append((i, a + b))
for x in 'ab':
  for y in 'cd':
    if y == 'd':
      break
    out.append(x + y)
result = out
