print('a', 1, None, sep='-', end='!\n')
result = 1
