import functools
def log(f):
    @functools.wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner
@log
def named(x):
    """Doc."""
    return x
result = [named(5), named.__name__, named.__doc__]
