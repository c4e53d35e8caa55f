def f(*args):
    return (len(args), args)
result = [f(), f(1), f(1, 2), f(*[1, 2, 3]), f(*'ab', *(1, 2))]
