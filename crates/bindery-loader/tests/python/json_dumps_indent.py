import json
result = [json.dumps({'a': [1, 2], 'b': {}, 'c': []}, indent=2), json.dumps([1, {'x': 2}], indent=4), json.dumps([], indent=2), json.dumps([1], indent='\t'), json.dumps([1, 2], indent=0)]
