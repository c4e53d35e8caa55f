def greet(name, place=None):
    return name
greet(1, 2, 3)
