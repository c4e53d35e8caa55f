'{:=5}'.format('a')
