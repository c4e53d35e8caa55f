from itertools import repeat, cycle, islice
result = [list(repeat('x', 3)), list(islice(cycle('ab'), 5)), list(map(pow, [1, 2, 3], repeat(2))), list(islice(repeat(0), 2))]
