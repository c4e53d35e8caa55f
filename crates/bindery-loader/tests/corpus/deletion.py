a = [1, 2, 3]; del a[1]
d = {'x': {'y': 1, 'z': 2}}; del d['x']['y']
b, c = 1, 2
del b, c
try:
  b
except NameError as e:
  m = str(e)
result = [a, d, m]
