def f():
    import math
    return math.pi
result = f()
