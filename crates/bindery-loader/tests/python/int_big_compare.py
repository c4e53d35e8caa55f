a = 10 ** 50
result = [a > a - 1, a == 10 ** 50, a != a + 1, a > 1e49, a < float('inf'), a > 5, hash(a) == hash(10 ** 50), {a: 1}[10 ** 50]]
