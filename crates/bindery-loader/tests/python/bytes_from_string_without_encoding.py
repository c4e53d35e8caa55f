bytes('a')
