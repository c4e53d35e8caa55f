import json
result = [json.dumps(x) for x in (None, True, 1, 1.5, 'a"b\n', [1, [2]], {'a': 1, 'b': [None]}, (1, 2), '', {}, [], 'é😀', 1e20, 10 ** 30, -0.0)]
