while True:
  pass
