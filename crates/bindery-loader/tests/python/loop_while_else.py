n, out = 3, []
while n:
    n -= 1
    if n == 1:
        continue
    out.append(n)
else:
    out.append('done')
result = out
