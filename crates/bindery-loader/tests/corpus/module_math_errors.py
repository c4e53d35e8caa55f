import math
out = []
for f in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.factorial(-1), lambda: math.sqrt('a'), lambda: math.exp(1000), lambda: math.floor(float('nan'))]:
  try:
    out.append(f())
  except Exception as e:
    out.append((type(e).__name__, str(e)))
result = out
