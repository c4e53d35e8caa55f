import functools
@functools.wraps
class A(Struct):
  pass
