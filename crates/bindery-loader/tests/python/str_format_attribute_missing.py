'{0.nothing}'.format(5)
