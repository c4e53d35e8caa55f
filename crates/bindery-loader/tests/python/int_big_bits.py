a = 2 ** 100 + 5
result = [a >> 50, a << 10, a & 255, a | 2 ** 101, a ^ a, ~a, -a >> 3, -a & 0xFFFF, a.bit_length(), (-a).bit_length()]
