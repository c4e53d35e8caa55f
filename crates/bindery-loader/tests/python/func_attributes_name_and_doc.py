def f():
    """What it does."""
result = [f.__name__, f.__doc__, (lambda: 0).__name__]
