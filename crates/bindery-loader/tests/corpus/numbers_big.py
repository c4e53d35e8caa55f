a, b = 12345678901234567890, 98765432109876543210
result = [a + b, a - b, a * b, b // a, b % a, -a // 7, -a % 7, a ** 3, divmod(b, a), a == int(str(a)), a > b, a / b, float(a), int(1e25), hash(a) == hash(int(a)), str(a)[::-1], sum([a] * 3), abs(-b), round(a, -5), a.bit_length(), '%d' % a, f'{a:,}', '%x' % a, max(a, 1.5), int(float(2 ** 80)) == 2 ** 80]
