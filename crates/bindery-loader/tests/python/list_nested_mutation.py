grid = [[0] * 3 for _ in range(2)]
grid[0][1] = 5
grid[1] += [6]
result = grid
