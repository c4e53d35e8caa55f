fs = [lambda: i for i in range(3)]
result = [f() for f in fs]
