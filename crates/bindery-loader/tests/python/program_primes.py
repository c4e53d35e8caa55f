primes, n = [], 2
while len(primes) < 15:
    if all(n % p for p in primes):
        primes.append(n)
    n += 1
result = primes
