import json
result = json.dumps({'s': {3}}, default=lambda x: sorted(x))
