def defaults():
  instances = 1
  locals()['instances'] = 2
  return instances

result = defaults()
