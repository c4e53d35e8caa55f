out = []
for f in [lambda: int('x'), lambda: int('1.5'), lambda: int(''), lambda: float('a'), lambda: int(None), lambda: int([]), lambda: int(float('nan')), lambda: int(float('inf')), lambda: int('9', 8), lambda: int('1', 99), lambda: float({}), lambda: round('a'), lambda: abs('a'), lambda: chr(-1), lambda: ord('ab'), lambda: 'a' + 1, lambda: 1 + 'a', lambda: [1] + (2,), lambda: -'a', lambda: 'a' * 'b', lambda: {} + {}, lambda: len(5), lambda: None.x, lambda: 'a'.foo, lambda: 5(), lambda: [1][1.0], lambda: {}[[]], lambda: (1, 2)[2]]:
  try:
    out.append(f())
  except Exception as e:
    out.append((type(e).__name__, str(e)))
result = out
