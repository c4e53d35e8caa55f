def f():
    try:
        raise ValueError('x')
    finally:
        return 'swallowed'
result = f()
