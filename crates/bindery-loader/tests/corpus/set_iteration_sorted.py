a, b = set('hello'), {3, 1, 2}
result = [sorted(a), sorted(b), len(a | b), sorted(map(str, a ^ {'h'})), min(b), sum(b), 3 in b, sorted(frozenset([2, 1]))]
