b'a\x80'.decode('ascii')
