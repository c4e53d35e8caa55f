import json
try:
    json.loads('[1,\n x]')
except json.JSONDecodeError as e:
    result = [e.msg, e.pos, e.lineno, e.colno]
