x = [(i * 7919) % 101 for i in range(300)]
result = sorted(x) == sorted(x, reverse=True)[::-1], sorted(x)[:10], sorted(range(10), key=lambda v: v % 3)
