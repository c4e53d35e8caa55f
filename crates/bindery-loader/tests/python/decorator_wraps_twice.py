import functools
def a():
    'first'
def wrap(f):
    @functools.wraps(f)
    def inner():
        return f()
    return inner
b = wrap(wrap(a))
result = [b.__name__, b.__doc__, a.__name__]
