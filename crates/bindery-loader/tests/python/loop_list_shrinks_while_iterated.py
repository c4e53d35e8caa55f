items = [1, 2, 3, 4, 5]
for x in items:
    items.remove(x)
result = items
