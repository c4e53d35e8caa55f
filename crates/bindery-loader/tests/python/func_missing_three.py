def greet(name, place, time):
    return name
greet()
