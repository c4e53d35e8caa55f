result = ['a b  c'.split(), 'a b  c'.split(' '), 'a,b,c'.split(',', 1), ''.split(), ''.split(','), ' a '.split(), 'a--b'.split('--'), 'abc'.split('z'), 'a b c d'.split(None, 2)]
