result = [y for x in range(6) if (y := x * x) % 2]
