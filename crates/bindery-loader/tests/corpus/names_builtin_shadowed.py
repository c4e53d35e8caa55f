def f(list, str=1):
  return list, str
len_before = len('abc')
len = lambda x: 'mine'
a = len('abc')
del len
result = [f(1, 2), len_before, a, len('abc')]
