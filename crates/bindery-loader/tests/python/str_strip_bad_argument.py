'a'.strip(1)
