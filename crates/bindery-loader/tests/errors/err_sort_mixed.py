x = sorted([3, "a"])
