g = (x for x in range(10))
result = [3 in g, next(g)]
