s = {1, 2}
s.add(3)
s.discard(9)
s.discard(1)
s.update([5, 6], (7,))
t = s.copy()
s.remove(5)
result = [sorted(s), sorted(t), s.isdisjoint({100}), s.issubset(t), t.issuperset(s), len(s)]
