result = [list(bytes('é', 'utf-8')), str(b'abc', 'ascii'), str(b'abc')]
