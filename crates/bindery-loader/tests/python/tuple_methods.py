t = (1, 2, 1)
result = [t.count(1), t.index(2), t + (3,), t * 2, len(t), tuple('ab'), tuple([1]), tuple(), (1, 2) == (1, 2), repr((1,)), repr(())]
