m = [[1, 2, 3], [4, 5, 6]]
result = [list(map(list, zip(*m))), [[row[i] for row in m] for i in range(3)], sum(map(sum, m))]
