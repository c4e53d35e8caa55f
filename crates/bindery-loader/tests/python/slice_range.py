r = range(0, 100, 7)
result = [list(r[2:5]), r[3], r[-1], len(r[::2]), list(r[::-5])]
