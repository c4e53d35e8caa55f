out = []
for thunk in (lambda: 1 / 0, lambda: {}['a'], lambda: int('x')):
    try:
        thunk()
    except (ZeroDivisionError, KeyError) as e:
        out.append(type(e).__name__)
    except ValueError:
        out.append('value')
result = out
