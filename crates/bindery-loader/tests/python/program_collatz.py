def collatz(n):
    while n != 1:
        yield n
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    yield 1
result = [list(collatz(6)), max(collatz(27)), len(list(collatz(27)))]
