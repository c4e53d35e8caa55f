r = range(10 ** 30)
result = [r[10 ** 29], 10 ** 29 in r, r[-1], -1 in r, bool(r), next(iter(r))]
