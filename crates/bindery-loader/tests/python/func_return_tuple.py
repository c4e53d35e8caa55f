def f():
    return 1, 2
a, b = f()
result = [f(), a, b]
