words = ['abc', 'ABC', 'aBc', '123', 'a1', ' ', '', 'Title Case', 'x_y', '1x', 'é', '²', '٣']
result = [(w, w.isalpha(), w.isdigit(), w.isalnum(), w.isspace(), w.isupper(), w.islower(), w.istitle(), w.isidentifier(), w.isdecimal(), w.isnumeric()) for w in words]
