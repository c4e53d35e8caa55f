out = []
for i in range(10 ** 30):
    if i > 3:
        break
    out.append(i)
result = out
