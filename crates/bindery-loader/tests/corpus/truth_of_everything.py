import math
values = [0, 1, -1, 0.0, 0.1, float('nan'), '', ' ', [], [0], (), (0,), {}, {0: 0}, set(), {0}, None, True, False, range(0), range(1), b'', b'x', lambda: 0, len, int, ..., iter([]), 2 ** 70]
result = [bool(v) for v in values]
