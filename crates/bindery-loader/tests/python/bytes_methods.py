b = b' a,b '
result = [repr(b.strip()), repr(b.split(b',')), repr(b.replace(b'a', b'x')), b.find(b','), b.startswith(b' '), repr(b','.join([b'x', b'y'])), repr(b.upper())]
