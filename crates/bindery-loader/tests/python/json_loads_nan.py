import json
result = [repr(json.loads(s)) for s in ('NaN', 'Infinity', '-Infinity', '1e400', '-0.0')]
