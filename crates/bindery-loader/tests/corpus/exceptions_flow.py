out = []
def f(x):
  try:
    out.append('try')
    if x == 1:
      raise ValueError('v')
    if x == 2:
      return 'returned'
    if x == 3:
      {}['k']
  except ValueError as e:
    out.append(('except', str(e), e.args))
  except (KeyError, IndexError) as e:
    out.append(('lookup', str(e), repr(e)))
    return 'from except'
  else:
    out.append('else')
  finally:
    out.append('finally')
  return 'end'
result = [f(0), f(1), f(2), f(3), out]
