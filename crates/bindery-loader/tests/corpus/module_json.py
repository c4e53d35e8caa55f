import json
d = {'b': [1, 2.5, None, True, 'é"\\n'], 'a': {}, 3: (1,), 'c': []}
result = [json.dumps(d), json.dumps(d, sort_keys=False, indent=2), json.dumps({'b': 1, 'a': 2}, sort_keys=True, separators=(',', ':')), json.dumps('é😀', ensure_ascii=False), json.dumps('é😀'), json.loads('{"a": [1, 2.0, 1e5, null, true, "x\\u00e9"], "b": {}}'), json.dumps(float('inf')), json.loads('12345678901234567890'), json.dumps([[], {}], indent=4), json.dumps({True: 1, None: 2, 1.5: 3})]
