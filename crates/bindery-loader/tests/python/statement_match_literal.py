def f(x):
    match x:
        case 1:
            return 'one'
        case 'a' | 'b':
            return 'letter'
        case _:
            return 'other'
result = [f(1), f('b'), f(None)]
