result = [list(range(5, 0, -2)), list(range(0, 5, -1)), list(range(-1, -4, -1))]
