pairs = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5), (2 ** 70, 3), (-2 ** 70, 7), (2 ** 64, -2 ** 33)]
result = [(a + b, a - b, a * b, a // b, a % b, divmod(a, b)) for a, b in pairs]
