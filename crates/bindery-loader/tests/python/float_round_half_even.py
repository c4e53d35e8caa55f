result = [round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6)]
