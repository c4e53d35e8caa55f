'{:5}'.format(None)
