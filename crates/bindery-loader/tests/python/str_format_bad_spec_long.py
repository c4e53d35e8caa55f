'{:abc}'.format(1)
