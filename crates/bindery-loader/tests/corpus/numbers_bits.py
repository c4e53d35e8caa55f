def bits(n):
  return bin(n).count('1')
result = [bits(255), bin(-10), int('1010', 2), 0xFF ^ 0x0F, (1 << 100) - 1, ~0, 5 & ~1, -8 >> 1, 1 << 0, (5).bit_length(), int('0x1f', 16), int('z', 36), int('-0b11', 0), hex(-255), oct(64), f'{10:08b}', 10 ** 30 & (2 ** 64 - 1), -2 ** 70 >> 65]
