fs = [[(lambda: (i, j)) for j in range(2)] for i in range(2)]
result = [f() for row in fs for f in row]
