class Oops(Exception):
  pass
