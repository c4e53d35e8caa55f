out = []
def slot(n):
    out.append(n)
    return {}
slot(1)['x'] = slot(2)['y'] = 5
result = out
