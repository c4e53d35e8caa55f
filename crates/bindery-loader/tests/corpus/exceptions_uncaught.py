def f(x):
  raise ValueError('bad value: %r' % x)
result = f('q')
