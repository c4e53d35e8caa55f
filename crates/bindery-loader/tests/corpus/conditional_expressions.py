def grade(n):
  return 'a' if n > 90 else 'b' if n > 80 else 'c'
result = [grade(95), grade(85), grade(1), [x if x else None for x in [0, 1]], (lambda: 1 if [] else 2)()]
