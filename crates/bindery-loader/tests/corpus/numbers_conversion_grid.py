texts = ['1', ' 2 ', '-3', '+4', '1_0', '', ' ', '1.0', '1e3', 'inf', 'nan', '-Infinity', '0x10', '0b1', '٣', '½', '1 2', '--1', '1__0', '.5', '5.', '1e', 'e1', '1_0.0_1']
def t(f, x):
  try:
    return f(x)
  except ValueError as e:
    return str(e)
result = [(s, t(int, s), repr(t(float, s))) for s in texts]
