'{:5q}'.format(1)
