s = slice(1, None, 2)
result = [s.start, s.stop, s.step, repr(s), slice(3) == slice(None, 3), [1, 2, 3, 4][s]]
