'abc%' % 1
