import json
out = []
for text in ['', '{', '[1,]', '{"a" 1}', 'nope', '[1] x', '"abc', '{1: 2}', '[1 2]']:
  try:
    out.append(json.loads(text))
  except ValueError as e:
    out.append((type(e).__name__, str(e)))
for value in [set(), {(1, 2): 3}, lambda: 1]:
  try:
    out.append(json.dumps(value))
  except TypeError as e:
    out.append(str(e))
result = out
