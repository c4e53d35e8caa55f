def f():
  def g():
    return later
  try:
    g()
  except NameError as e:
    m = str(e)
  later = 5
  return m, g()
result = f()[1]
