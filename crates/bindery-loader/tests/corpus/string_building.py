parts = []
for i in range(5):
  parts.append('%02d' % i)
line = '-'.join(parts)
acc = ''
for c in line:
  acc = c + acc
result = [line, acc, line[::-1] == acc, ''.join(sorted(set(line)))]
