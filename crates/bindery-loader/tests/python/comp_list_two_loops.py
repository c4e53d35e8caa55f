result = [(x, y) for x in 'ab' for y in range(x == 'a' and 2 or 3)]
