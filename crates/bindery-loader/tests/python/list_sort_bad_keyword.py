[1].sort(cmp=None)
