def f():
    ...
def g():
    pass
for _ in range(2):
    pass
result = [f(), g(), ... is Ellipsis]
