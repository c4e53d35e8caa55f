'abc' % 5
