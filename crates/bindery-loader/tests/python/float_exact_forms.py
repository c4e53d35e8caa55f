result = [(0.75).as_integer_ratio(), (1.5).hex(), float.fromhex('0x1.8p+1')]
