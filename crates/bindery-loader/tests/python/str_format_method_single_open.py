'a { b'.format()
