import json
try:
    json.loads('x')
except ValueError as e:
    result = [type(e).__name__, str(e)]
