out = []
for f in [lambda: 'é'.encode('ascii'), lambda: b'\xff'.decode(), lambda: b'a' + 'b', lambda: bytes([300]), lambda: b'abc'[5], lambda: bytes('a'), lambda: 'a' in b'a']:
  try:
    out.append(f())
  except Exception as e:
    out.append((type(e).__name__, str(e)))
result = out
