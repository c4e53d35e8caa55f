import string
t = string.Template('$a ${b}c $$d')
result = [t.substitute(a=1, b='x'), t.safe_substitute(a=1), t.substitute({'a': 'q', 'b': 'r'}, b='s'), t.template]
