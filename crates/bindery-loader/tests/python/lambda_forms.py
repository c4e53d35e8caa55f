f = lambda: 1
g = lambda x: x
h = lambda x, y=2, *a, **k: (x, y, a, k)
result = [f(), g(2), h(1), h(1, 3, 4, z=5)]
