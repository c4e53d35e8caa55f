table = str.maketrans('abc', 'xyz', 'd')
result = ['aabbccdd'.translate(table), 'abc'.translate({97: 'AA', 98: None, 99: 120}), 'x'.translate(str.maketrans({'x': 'long'}))]
