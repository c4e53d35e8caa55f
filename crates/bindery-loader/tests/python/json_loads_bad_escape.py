import json
json.loads('"\\x"')
