d = {}
d['d'] = d
result = repr(d)
