'{:.f}'.format(1.0)
