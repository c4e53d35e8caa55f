def greet(name, place):
    return name
greet()
