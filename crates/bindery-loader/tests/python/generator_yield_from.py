def inner():
    yield 1
    yield 2
    return 'r'
def outer():
    value = yield from inner()
    yield value
    yield from 'ab'
result = list(outer())
