import string
result = [string.ascii_lowercase, string.digits, string.ascii_letters[26:30], string.punctuation, string.hexdigits, string.whitespace, string.octdigits]
