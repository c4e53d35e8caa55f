result = [int(' 42 '), int('-7'), int('+5'), int('1_000'), int('0x1f', 16), int('1f', 16), int('0o17', 0), int('0', 0), int('101', 2), int(3.9), int(-3.9), int(True), int(), int(b'12')]
