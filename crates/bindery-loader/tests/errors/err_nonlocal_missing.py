def f():
  nonlocal q
