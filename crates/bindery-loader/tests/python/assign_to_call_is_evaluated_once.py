n = []
def at():
    n.append(1)
    return 0
x = [5]
x[at()] += 1
result = [x, len(n)]
