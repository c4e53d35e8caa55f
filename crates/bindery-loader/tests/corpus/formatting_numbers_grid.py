specs = ['', 'd', '5d', '05d', '+d', ' d', ',', '_', 'b', '#x', 'e', '.1f', '%', 'g', '>8', '^8', '*<8', '=+8', '08,', 'n', 'c']
result = [format(65, s) for s in specs] + [format(-1234567, s) for s in specs[:-1]]
