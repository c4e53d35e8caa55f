a = b = [1]
a += [2]
a *= 2
result = [b, a is b]
