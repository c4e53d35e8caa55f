result = ['  a b '.strip(), 'xxaxx'.strip('x'), 'abcba'.strip('ab'), 'www.x.com'.lstrip('w.'), 'a\n'.rstrip(), '\t a'.lstrip(), 'é '.strip(), ''.strip('x')]
