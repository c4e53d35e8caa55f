out = []
def g():
    out.append('start')
    yield 1
    out.append('middle')
    yield 2
    out.append('end')
it = g()
out.append('made')
a = next(it)
out.append('between')
b = next(it)
result = [out, a, b, next(it, 'done'), out[-1]]
