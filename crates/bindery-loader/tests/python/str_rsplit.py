result = ['a.b.c'.rsplit('.', 1), 'a b c'.rsplit(None, 1), 'a.b'.rsplit('.'), 'abc'.rsplit('x', 1), '  a  b '.rsplit(None, 1)]
