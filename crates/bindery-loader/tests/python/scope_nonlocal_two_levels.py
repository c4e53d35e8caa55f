def a():
    x = 1
    def b():
        def c():
            nonlocal x
            x = 5
        c()
    b()
    return x
result = a()
