def f(**kwargs):
    return kwargs
result = [f(), f(b=1, a=2), f(**{'x': 1}, y=2), f(**{'a': 1}, **{'b': 2})]
