g = (x for x in [1, 2])
result = [list(g), list(g)]
