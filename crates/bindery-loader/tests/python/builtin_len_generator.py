len(x for x in [])
