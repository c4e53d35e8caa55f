result = [sorted(set('hello')), sorted(set([1, 1, 2])), len(set()), sorted(frozenset((1, 2))), set() == frozenset()]
