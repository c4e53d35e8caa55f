result = [str(KeyError('a', 'b')), str(KeyError())]
