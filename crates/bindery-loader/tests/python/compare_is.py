a = [1]
b = [1]
result = [a is b, a == b, None is None, a is not b, True is True]
