import copy
x = [1]
x.append(x)
y = copy.deepcopy(x)
result = [y[1] is y, y is x]
