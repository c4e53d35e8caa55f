def greet(name):
    return name
greet(**{'name': 1}, **{'name': 2})
