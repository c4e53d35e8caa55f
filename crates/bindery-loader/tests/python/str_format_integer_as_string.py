'{:s}'.format(1)
