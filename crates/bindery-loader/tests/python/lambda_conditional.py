sign = lambda n: -1 if n < 0 else 1 if n > 0 else 0
result = [sign(n) for n in (-5, 0, 3)]
