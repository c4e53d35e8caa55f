result = [(1024).to_bytes(2, 'big').hex(), int.from_bytes(b'\x01\x00', 'big')]
