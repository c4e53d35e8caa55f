def tag(name):
    def wrap(f):
        return lambda: '<%s>%s</%s>' % (name, f(), name)
    return wrap
@tag('a')
@tag('b')
def text():
    return 'x'
result = text()
