d = {}
for i in range(200):
    d[i] = i
for i in range(0, 200, 3):
    del d[i]
result = [len(d), sum(d), list(d)[:5], 3 in d, 4 in d]
