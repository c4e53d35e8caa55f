result = [a + b for a, (b, _) in [(1, (2, 3)), (4, (5, 6))]]
