items, out = [3, 2, 1], []
while (x := items.pop()) < 3:
    out.append(x)
result = [out, x]
