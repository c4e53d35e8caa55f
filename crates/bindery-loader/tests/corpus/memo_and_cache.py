memo = {}
def fib(n):
  if n not in memo:
    memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
  return memo[n]
import functools
@functools.lru_cache()
def paths(r, c):
  return 1 if r == 0 or c == 0 else paths(r - 1, c) + paths(r, c - 1)
result = [fib(80), len(memo), paths(10, 10)]
