def len(x):
    return 42
result = len([])
