'{:c}'.format(-1)
