def make():
    out = []
    for i in range(3):
        def f():
            return i
        out.append(f)
    return out
result = [f() for f in make()]
