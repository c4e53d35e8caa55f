result = print('text')
