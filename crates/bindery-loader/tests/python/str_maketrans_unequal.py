str.maketrans('ab', 'c')
