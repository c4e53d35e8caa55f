import json
x = {'a': [1, 2.5, None, True, 'é"\\'], 'b': {'c': []}}
result = [json.loads(json.dumps(x)) == x, json.loads(json.dumps(x, indent=3)) == x]
