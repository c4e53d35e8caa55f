l = [1, 2, 3, 4]
seen = []
for x in l:
  seen.append(x)
  if x == 2:
    l.remove(2)
m = [3, 1, 2]
n = sorted(m); m.sort(); o = m[:]
m.append(0)
result = [l, seen, n, o, m]
