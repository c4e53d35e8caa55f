s = {1, 2, 3}
result = [sorted(s.union([4], (5,))), sorted(s.intersection([2, 3, 9])), sorted(s.difference([1])), sorted(s.symmetric_difference([3, 4]))]
