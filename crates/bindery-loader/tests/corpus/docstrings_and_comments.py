"""Module docstring."""
def f():
  """Docstring."""
  # comment
  return 1  # trailing
def g(): pass
result = [f(), g(), (1 +
  2), [1,
  2,  # inner
]]
