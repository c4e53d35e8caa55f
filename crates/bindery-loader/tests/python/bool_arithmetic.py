result = [True + True, True * 5, -True, ~True, True / 2, sum([True, False, True]), True & False, True | False, True ^ True, True & 1]
