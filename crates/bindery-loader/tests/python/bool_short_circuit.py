result = [0 or 'x', '' or [] or None, 1 and 2, 0 and 1 / 0, 'a' or 1 / 0, not [], not 'a', None and 1]
