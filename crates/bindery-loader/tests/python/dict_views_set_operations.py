a, b = {'x': 1, 'y': 2}, {'y': 2, 'z': 3}
result = [sorted(a.keys() & b.keys()), sorted(a.keys() | b.keys()), sorted(a.keys() - b.keys()), sorted(a.items() & b.items()), a.keys() == {'x', 'y'}]
