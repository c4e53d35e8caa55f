x = 'outer'
y = [x for x in range(3)]
result = [x, y]
