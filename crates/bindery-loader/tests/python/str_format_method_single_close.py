'a } b'.format()
