try:
    raise ValueError('a', 1, None)
except ValueError as e:
    result = [e.args, str(e), repr(e)]
