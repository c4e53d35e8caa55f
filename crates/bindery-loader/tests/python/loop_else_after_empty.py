for x in []:
    pass
else:
    result = 'else'
