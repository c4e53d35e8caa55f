import copy
inner = []
x = [inner, inner]
y = copy.deepcopy(x)
y[0].append(1)
result = [y, inner, y[0] is y[1]]
