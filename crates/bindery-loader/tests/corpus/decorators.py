import functools
def twice(f):
  @functools.wraps(f)
  def inner(*args):
    return f(*args) * 2
  return inner
def tag(name):
  def wrap(f):
    return lambda *a: (name, f(*a))
  return wrap
@tag('t')
@twice
def add(a, b):
  return a + b
@functools.lru_cache(maxsize=None)
def slow(n):
  calls.append(n)
  return n * n
calls = []
result = [add(1, 2), slow(3), slow(3), calls]
