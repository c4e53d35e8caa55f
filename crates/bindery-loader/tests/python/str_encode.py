result = [list('aé'.encode()), list('é'.encode('utf-8')), list('é'.encode('latin-1')), 'a'.encode('ascii') == b'a']
