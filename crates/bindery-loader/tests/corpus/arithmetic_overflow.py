result = 10 ** 400 * 1.5
