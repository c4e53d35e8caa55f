x = [1, 2, 1, 2]
result = [x.index(1, 1), x.index(2, -1), x.index(2, 0, 3)]
