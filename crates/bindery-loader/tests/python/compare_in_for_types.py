result = [2 in [1, 2], 'b' in 'abc', 'k' in {'k': 1}, 3 in range(0, 10, 2), 4 in range(0, 10, 2), 1.0 in [1], 'bc' in 'abcd', b'b' in b'abc', 98 in b'abc', 5 not in (1, 2)]
