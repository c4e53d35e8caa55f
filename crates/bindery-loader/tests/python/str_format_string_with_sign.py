'{:+}'.format('a')
