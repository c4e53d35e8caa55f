b = b'abc'
result = [b[0], b[1:], b + b'd', b.decode(), 'é'.encode('utf-8'), 'x'.encode('ascii'), b.hex(), bytes([1, 2]), bytes.fromhex('6162'), b == b'abc', len(b), list(b), b'a,b'.split(b','), b.upper(), b'b' in b, 98 in b, b * 2, b.startswith(b'a')]
