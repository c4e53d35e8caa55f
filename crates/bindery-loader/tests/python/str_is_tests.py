names = ['isalpha', 'isdigit', 'isalnum', 'isspace', 'isupper', 'islower', 'istitle', 'isidentifier', 'isdecimal', 'isnumeric', 'isprintable', 'isascii']
texts = ['', 'a', 'A', '1', 'a1', ' ', 'Ab', '½', '²', 'é', '_x', '\n', 'A B', '٣']
result = [[getattr(t, n)() for t in texts] for n in names]
