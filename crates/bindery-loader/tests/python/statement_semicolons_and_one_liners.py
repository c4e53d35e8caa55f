a = 1; b = 2
if a: c = 3
for i in range(2): d = i
while a: a = 0
def f(): return 5
result = [a, b, c, d, f()]
