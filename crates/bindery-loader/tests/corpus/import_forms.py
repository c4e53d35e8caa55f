import os.path as p, json
from json import dumps as d
try:
  import simplejson_nope as json2
except ImportError:
  import json as json2
try:
  from json import nope
except ImportError as e:
  m = str(e).split(' (')[0]
result = [p.join('a', 'b'), d([1]), json2.dumps({}), m]
