import json
result = json.loads('{"a": 1, "b": 2, "a": 3}')
