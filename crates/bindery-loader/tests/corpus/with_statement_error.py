with 5 as x:
  pass
result = 1
