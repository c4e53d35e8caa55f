import json
json.loads('"abc')
