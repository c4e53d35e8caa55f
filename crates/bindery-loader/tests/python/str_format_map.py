result = '{a} {b!r}'.format_map({'a': 1, 'b': 'x'})
