result = [list(map(str.upper, ['a'])), list(map(str.strip, [' x '])), sorted(['b', 'A'], key=str.lower), ' '.join(map(str, [1, 2])), dict.get({'a': 1}, 'a'), list(map(len, ['ab', '']))]
