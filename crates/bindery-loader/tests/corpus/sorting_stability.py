rows = [('b', 2), ('a', 2), ('c', 1)] * 10
result = [sorted(rows, key=lambda r: r[1])[:5], sorted(rows, key=lambda r: r[1], reverse=True)[:3], sorted(range(50), key=lambda x: x % 7), sorted(['B', 'a', 'C'], key=str.lower)]
