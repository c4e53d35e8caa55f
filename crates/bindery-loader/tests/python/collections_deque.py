from collections import deque
d = deque([1, 2, 3])
d.append(4)
d.appendleft(0)
a, b = d.pop(), d.popleft()
d.rotate(1)
result = [list(d), a, b, len(d), d[0], repr(deque([1], maxlen=2)), list(deque(range(5), 2))]
