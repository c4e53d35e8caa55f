import json
json.dumps({'a': 1, 2: 3}, sort_keys=True)
