def counter(start):
  count = start
  def step(by=1):
    nonlocal count
    count += by
    return count
  return step
a, b = counter(0), counter(10)
total = 0
def add(n):
  global total
  total += n
add(3); add(4)
def adders():
  return [lambda x, i=i: x + i for i in range(3)]
def late():
  fs = []
  for i in range(3):
    fs.append(lambda: i)
  return [f() for f in fs]
def deep():
  x = 1
  def mid():
    def inner():
      return x + 1
    return inner
  return mid()()
result = [a(), a(5), b(), a(), total, [f(10) for f in adders()], late(), deep()]
