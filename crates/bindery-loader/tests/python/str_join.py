result = [','.join(['a', 'b']), ''.join('xyz'), '-'.join([]), ', '.join({'k': 1, 'l': 2}), '+'.join(str(i) for i in range(3))]
