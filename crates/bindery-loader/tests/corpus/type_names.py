import collections, itertools
result = [type(v).__name__ for v in [1, 1.0, 'a', b'a', [], (), {}, set(), frozenset(), None, True, range(1), slice(1), lambda: 0, len, int, ValueError('x'), iter([]), iter(()), iter({}), enumerate([]), zip(), map(str, []), filter(None, []), reversed([]), (x for x in []), {}.keys(), {}.values(), {}.items(), collections.Counter(), collections.defaultdict(list), ...]]
