e = 'before'
try:
  1 / 0
except ZeroDivisionError as e:
  inside = str(e)
try:
  e
except NameError:
  gone = True
result = [inside, gone]
