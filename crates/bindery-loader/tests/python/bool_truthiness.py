result = [bool(x) for x in (0, 1, -1, 0.0, 0.1, '', ' ', [], [0], {}, {1: 1}, (), (0,), None, range(0), range(1), b'', b'0', set())]
