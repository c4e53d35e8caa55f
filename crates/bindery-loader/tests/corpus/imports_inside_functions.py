def stamp(text):
  import hashlib
  from json import dumps as d
  return hashlib.md5(d({'t': text}).encode()).hexdigest()[:8]
import os.path, json as j
result = [stamp('a'), j.loads('[1]'), os.path.join('a', 'b')]
