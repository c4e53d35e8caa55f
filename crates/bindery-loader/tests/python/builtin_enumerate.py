result = [list(enumerate('ab')), list(enumerate('ab', 1)), list(enumerate([], start=5))]
