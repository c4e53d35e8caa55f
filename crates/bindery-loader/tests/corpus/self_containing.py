l = [1]; l.append(l)
d = {}; d['d'] = d
result = [repr(l), repr(d), l == l]
