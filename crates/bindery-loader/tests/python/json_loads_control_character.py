import json
json.loads('"a\nb"')
