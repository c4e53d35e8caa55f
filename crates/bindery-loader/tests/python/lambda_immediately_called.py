result = (lambda a, b: a * b)(6, 7)
