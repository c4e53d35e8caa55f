ops = {'+': lambda a, b: a + b, '-': lambda a, b: a - b}
result = [ops[k](5, 3) for k in '+-']
