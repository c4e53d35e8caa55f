result = [sum([1, 2]), sum([]), sum([0.1] * 3), sum([[1], [2]], []), sum(range(101)), sum([1], 10), sum([1], start=5), sum((x for x in (1, 2.5)))]
