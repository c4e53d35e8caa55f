def greet(name):
    return name
greet('a', name='b')
