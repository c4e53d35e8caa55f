l = [3, 1, 2]
l.append(5); l.extend((7, 8)); l.insert(1, 'x'); l.insert(-100, 'first'); l.insert(100, 'last')
a = l.pop(); b = l.pop(0); l.remove('x')
m = list(l); m.sort(reverse=True); m.reverse()
c = l.copy(); c.clear()
result = [l, a, b, m, c, l.index(5), l.count(1), sorted(l), l * 2, [0] * 3, l + [9], l[1:3], l[::-2], len(l), [1, 2] == [1, 2.0]]
