x = 3
assert x < 3, "x is %d" % x
