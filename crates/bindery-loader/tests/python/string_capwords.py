import string
result = [string.capwords('hello  world'), string.capwords('a-b c', '-')]
