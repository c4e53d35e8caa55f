def f():
    try:
        int('x')
    except ValueError:
        raise
try:
    f()
except ValueError as e:
    result = str(e)
