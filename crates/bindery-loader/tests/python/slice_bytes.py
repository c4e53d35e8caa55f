b = b'abcdef'
result = [list(b[1:3]), b[0], b[-1], b[::-1].decode()]
