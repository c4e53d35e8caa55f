out = []
for i in range(3):
    out.append(i)
else:
    out.append('else')
result = out
