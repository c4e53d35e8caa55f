import json
json.loads('"\\u12"')
