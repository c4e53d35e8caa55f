result = [str(None), str(True), str([1, 'a', None]), str({'a': (1,)}), str(()), str(1.0), str(b'x'), str(range(3)), str({1}), str(set()), str(frozenset())]
