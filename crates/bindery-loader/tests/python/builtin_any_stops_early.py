seen = []
def check(x):
    seen.append(x)
    return x == 2
result = [any(check(x) for x in range(5)), seen]
