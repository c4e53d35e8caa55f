result = ['aaa'.replace('a', 'b'), 'aaa'.replace('a', 'b', 2), 'abc'.replace('', '-'), 'abc'.replace('', '-', 2), 'aaa'.replace('aa', 'x'), 'a'.replace('x', 'y'), ''.replace('', 'x')]
