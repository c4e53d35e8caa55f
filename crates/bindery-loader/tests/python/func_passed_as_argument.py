def apply(f, *args):
    return f(*args)
result = [apply(max, 1, 3, 2), apply(str.upper, 'a'), apply(lambda: 5)]
