len + 1
