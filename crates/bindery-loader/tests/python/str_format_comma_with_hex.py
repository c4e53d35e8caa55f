'{:,x}'.format(5)
