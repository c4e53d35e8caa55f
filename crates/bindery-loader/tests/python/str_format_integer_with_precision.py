'{:.2d}'.format(1)
