result = ['a\tb\nc\\d\'e"f', '\x41\u00e9\U0001F600\101\0', '\a\b\f\v\r', r'raw\n', 'line\
joined', '\N{BULLET}', b'\x00\xff' == bytes([0, 255])]
