from collections import OrderedDict
d = OrderedDict([('b', 1), ('a', 2)])
d['c'] = 3
d.move_to_end('b')
result = [list(d.items()), d.popitem(last=False), repr(d), d == {'c': 3, 'b': 1}]
