def greet(name):
    return name
greet('a', place=1)
