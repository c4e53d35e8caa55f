a = {3, 1, 2}; b = set([2, 3, 4]); c = frozenset('ab')
a.add(5); a.discard(99); a.remove(1)
result = [sorted(a), sorted(a | b), sorted(a & b), sorted(a - b), sorted(a ^ b), a <= (a | b), a < a, a.issubset(b), a.isdisjoint({100}), len(c), 'a' in c, set(), frozenset(), {1} == frozenset([1]), sorted(a.union([7], (8,))), sorted(a.intersection([5, 2])), {1, 1.0, True}, {x % 3 for x in range(9)} == {0, 1, 2}, sorted(set('hello')), c == frozenset(['b', 'a'])]
