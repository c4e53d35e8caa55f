import json
result = json.dumps([float('nan'), float('inf'), float('-inf')])
