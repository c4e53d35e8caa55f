a, b, c = 'xyz'
result = [a, b, c]
