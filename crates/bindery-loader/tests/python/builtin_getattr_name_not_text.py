getattr('a', 5)
