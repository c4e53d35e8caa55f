a, b = {1, 2, 3}, {2, 3, 4}
result = [sorted(a | b), sorted(a & b), sorted(a - b), sorted(a ^ b)]
