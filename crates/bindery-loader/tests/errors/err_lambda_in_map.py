x = list(map(lambda p: p["name"], [{"name": 1}, {}]))
