x = "{:d}".format("a")
