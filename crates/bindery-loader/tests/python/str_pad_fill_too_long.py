'a'.ljust(5, 'xy')
