b = b'abc'
result = [len(b), b[0], list(b), b.decode(), b + b'd' == b'abcd', b.hex(), bytes([65, 66]).decode(), bytes(2) == b'\x00\x00', repr(b'a\x00\'"\n\xff'), b'a' in b, bytes.fromhex('6162').decode()]
