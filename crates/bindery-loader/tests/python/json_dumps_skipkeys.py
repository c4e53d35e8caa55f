import json
result = json.dumps({(1, 2): 3, 'a': 1}, skipkeys=True)
