def pair():
    v = [0]
    x = 0
    def get():
        return x
    def put(n):
        nonlocal x
        x = n
    return get, put
g, p = pair()
p(7)
result = g()
