d = {}
for d['k'] in range(3):
    pass
result = d
