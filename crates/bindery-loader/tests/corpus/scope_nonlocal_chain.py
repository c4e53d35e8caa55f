def a():
  v = 1
  def b():
    def c():
      nonlocal v
      v += 1
      return v
    return c
  c = b()
  c(); c()
  return v
def shared():
  n = 0
  def up():
    nonlocal n
    n += 1
  def get():
    return n
  return up, get
up, get = shared()
up(); up(); up()
result = [a(), get()]
