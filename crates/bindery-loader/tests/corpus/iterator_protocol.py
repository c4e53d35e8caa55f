it = iter([1, 2, 3])
a = next(it); rest = list(it); end = next(it, 'end')
e = enumerate('ab')
z = zip('ab', [1, 2])
pairs = list(zip(*[iter(range(6))] * 2))
result = [a, rest, end, next(e), list(e), dict(z), pairs, list(iter('xy')), sum(iter([1, 2]))]
