b = 'naïve ☃'.encode('utf-8')
result = [b, len(b), b.decode('utf-8'), b[2:4], bytes(3), bytes('é', 'latin-1'), b'\x00\n\'"', 'abc'.encode() + b'd', b'abc' < b'abd', b'abc'.hex(), list(b'hi'), b'a' in b'cab', str(b'x'), repr(b"it's")]
