seen = []
def note(x):
    seen.append(x)
    return x
def f(*a, **k):
    return None
f(note(1), *[note(2)], k=note(3), **{'m': note(4)})
result = seen
