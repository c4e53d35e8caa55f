result = [(a // b, a % b) for a in (7, -7) for b in (2, -2, 3, -3)]
