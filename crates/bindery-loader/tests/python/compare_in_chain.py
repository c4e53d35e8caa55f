result = [1 in [1] == True, 'a' in 'abc' in ['abc']]
