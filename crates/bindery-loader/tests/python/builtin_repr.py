result = [repr(x) for x in (1, 'a', None, [1, 'b'], {'a': [1]}, (1,), {1}, 1.0, True, b'x', range(2), slice(1, 2), Ellipsis, NotImplemented if False else 0, int, ValueError)]
