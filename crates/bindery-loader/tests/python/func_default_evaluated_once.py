def add(item, seen=[]):
    seen.append(item)
    return list(seen)
result = [add(1), add(2), add(3, []), add(4)]
