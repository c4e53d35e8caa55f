a = 2 ** 200
b = 3 ** 100
result = [a + b, a - b, a * b, a // b, a % b, -a // b, -a % b, divmod(a, -b), a ** 2, -a]
