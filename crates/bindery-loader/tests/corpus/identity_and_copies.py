import copy
a = [1, [2]]
b = copy.copy(a); c = copy.deepcopy(a); d = a
a[1].append(3); d.append(4)
s = [1]; t = copy.deepcopy([s, s]); t[0].append(2)
result = [a, b, c, a is d, b is a, t, copy.deepcopy({'k': (1, [2])})]
