result = [len(x) for x in ('añ', [1], (), {1: 2}, {1, 2}, range(5), b'ab', range(10, 0, -3))]
