import json
result = [json.dumps({'b': 1, 'a': {'d': 1, 'c': 2}}, sort_keys=True), json.dumps({'b': 1, 'a': 2})]
