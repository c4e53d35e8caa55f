out = []
try:
  try:
    raise KeyError('a')
  except KeyError:
    raise ValueError('b')
except ValueError as e:
  out.append(str(e))
try:
  try:
    raise IndexError('x')
  except IndexError as e:
    out.append('again')
    raise
except LookupError as e:
  out.append(repr(e))
def g():
  for i in range(3):
    try:
      if i == 1:
        continue
      out.append(i)
    finally:
      out.append('f%d' % i)
g()
try:
  e
except NameError as x:
  out.append('gone')
try:
  raise TypeError
except Exception as e:
  out.append((type(e).__name__, str(e), repr(e)))
try:
  assert 1 == 2, 'message %d' % 3
except AssertionError as e:
  out.append(str(e))
try:
  raise ValueError('a', 1)
except ValueError as e:
  out.append((str(e), e.args))
result = out
