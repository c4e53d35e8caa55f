result = [k for k in {'b': 1, 'a': 2}]
