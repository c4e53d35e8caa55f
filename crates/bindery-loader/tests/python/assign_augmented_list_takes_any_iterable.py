a = [1]
a += 'bc'
a += range(2)
a += {5: 6}
result = a
