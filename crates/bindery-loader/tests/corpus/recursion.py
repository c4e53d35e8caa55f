def fib(n):
  return n if n < 2 else fib(n - 1) + fib(n - 2)
def fact(n):
  return 1 if n <= 1 else n * fact(n - 1)
def flat(x):
  return [y for i in x for y in (flat(i) if isinstance(i, list) else [i])]
result = [fib(15), fact(50), flat([1, [2, [3, [4]]]])]
