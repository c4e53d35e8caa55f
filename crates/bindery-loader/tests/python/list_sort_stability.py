data = [('b', 1), ('a', 2), ('b', 0), ('a', 1)]
result = [sorted(data, key=lambda p: p[0]), sorted(data, key=lambda p: p[0], reverse=True), sorted(data, key=lambda p: (p[0], -p[1]))]
