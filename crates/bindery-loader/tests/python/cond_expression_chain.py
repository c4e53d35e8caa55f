result = ['a' if n < 1 else 'b' if n < 2 else 'c' for n in range(4)]
