result = isinstance(1, int | str)
