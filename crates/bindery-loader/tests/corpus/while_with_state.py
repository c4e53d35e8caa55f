def collatz(n):
  steps = 0
  while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
  return steps
def gcd(a, b):
  while b:
    a, b = b, a % b
  return a
def primes(n):
  sieve = [True] * n
  out = []
  for i in range(2, n):
    if sieve[i]:
      out.append(i)
      for j in range(i * i, n, i):
        sieve[j] = False
  return out
result = [collatz(27), gcd(1071, 462), primes(50)]
