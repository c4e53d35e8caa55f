out = []
m = map(out.append, [1, 2, 3])
before = list(out)
next(m)
result = [before, out]
