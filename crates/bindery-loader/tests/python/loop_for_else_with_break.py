out = []
for i in range(3):
    if i == 1:
        break
else:
    out.append('else')
out.append(i)
result = out
