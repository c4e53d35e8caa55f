out = []
def g():
    try:
        yield 1
        yield 2
    finally:
        out.append('closed')
result = [list(g()), out]
