import json
json.loads('01')
