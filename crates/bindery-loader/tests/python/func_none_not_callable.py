d = {}
d.get('f')()
