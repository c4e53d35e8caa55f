from collections import OrderedDict
a, b = OrderedDict(x=1, y=2), OrderedDict(y=2, x=1)
result = [a == b, a == dict(b), isinstance(a, dict)]
