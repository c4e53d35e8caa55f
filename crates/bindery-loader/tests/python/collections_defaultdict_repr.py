from collections import defaultdict
d = defaultdict(list, a=[1])
result = [repr(d), d == {'a': [1]}]
