if (n := len('abc')) > 2:
  out = [n]
while (n := n - 1) > 0:
  out.append(n)
result = [out, n, [last := x for x in range(3)], last, (y := 5) + y]
