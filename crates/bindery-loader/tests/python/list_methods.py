x = [3, 1, 2]
x.append(5)
x.extend('ab')
x.insert(0, 'first')
x.insert(-1, 'before last')
x.insert(100, 'end')
x.remove(1)
y = x.pop()
z = x.pop(0)
x.reverse()
result = [x, y, z, x.index(2), x.count(3), x.copy() == x]
