d = {1: 1, 2: 2}
out = []
try:
    for k in d:
        out.append(k)
        del d[k]
        d[k] = 1
        if len(out) > 9:
            break
except RuntimeError as e:
    out = str(e)
result = out
