(a,) = [1]
[b] = 'z'
result = [a, b]
