out = []
for thunk in (lambda: [][0], lambda: {}[0], lambda: 1 / 0):
    try:
        thunk()
    except LookupError:
        out.append('lookup')
    except ArithmeticError:
        out.append('arithmetic')
result = out
