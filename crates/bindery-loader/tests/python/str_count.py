result = ['banana'.count('a'), 'aaaa'.count('aa'), 'abc'.count(''), 'abc'.count('b', 2), 'ééé'.count('é', 1)]
