import json
json.dumps(b'x')
