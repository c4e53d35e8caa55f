','.join(5)
