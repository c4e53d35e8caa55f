class Config(object):
  x = 1
