result = 1 if True else 1 / 0
