x = 5
result = [1 < x < 10, 1 < x > 7, 1 < x != 5, x == 5 == 5.0, 'a' < 'b' <= 'b', [1, 2] < [1, 3], (1,) < (1, 0), 1 == True, 1 is None, None is None, [] is not None, 2 in [1, 2], 'b' in 'abc', 3 not in {1: 2}]
