import json
json.dumps(len)
