import json
result = [json.dumps({'a': [1, 2]}, separators=(',', ':')), json.dumps([1, 2], separators=(' ; ', ' = ')), json.dumps({'a': 1}, indent=1, separators=(',', ':'))]
