'{!x}'.format(1)
