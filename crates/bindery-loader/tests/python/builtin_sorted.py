result = [sorted('hello'), sorted([3, 1, 2], reverse=True), sorted({'b': 1, 'a': 2}), sorted(['bb', 'a', 'ccc'], key=len), sorted([1.5, 1, True, 0]), sorted([(2, 'a'), (1, 'b')])]
