def times(n):
    def wrap(f):
        def inner(x):
            return f(x) * n
        return inner
    return wrap
@times(3)
def f(x):
    return x + 1
result = f(1)
