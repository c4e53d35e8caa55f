def greet(name):
    return name
greet()
