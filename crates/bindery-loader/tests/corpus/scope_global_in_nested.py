count = 0
def outer():
  count = 'local'
  def inner():
    global count
    count += 1
    return count
  return inner(), count
result = [outer(), count]
