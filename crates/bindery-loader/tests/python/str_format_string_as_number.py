'{:d}'.format('a')
