s = slice(1, 5, 2)
result = ['abcdef'[s], [0, 1, 2, 3, 4, 5][slice(None, -1)], s.start, s.stop, s, (1, 2, 3)[slice(1, None)]]
