x = [3, 1, 2]
r = x.sort()
y = ['b', 'A', 'c']
y.sort(key=str.lower, reverse=True)
result = [x, r, y]
