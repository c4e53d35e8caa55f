def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
result = [list(count(3)), sum(count(5)), [x for x in count(2)], dict(zip('abc', count(9)))]
