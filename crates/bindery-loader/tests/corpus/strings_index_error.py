result = 'abc'[3]
