import json
result = json.loads(b'{"a": "\xc3\xa9"}')
