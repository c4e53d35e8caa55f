def f():
    pass
def g():
    return
result = [f(), g()]
