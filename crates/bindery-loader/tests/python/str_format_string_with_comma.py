'{:,}'.format('a')
