from itertools import islice, count
result = [list(islice('abcdef', 3)), list(islice('abcdef', 1, 5, 2)), list(islice(count(5), 3)), list(islice('abc', 1, None)), list(islice('ab', 0))]
