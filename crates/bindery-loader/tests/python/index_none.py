x = None
x['key']
