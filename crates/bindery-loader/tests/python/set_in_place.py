s = {1, 2, 3}
s |= {4}
s &= {1, 2, 4}
s -= {1}
s ^= {2, 9}
result = sorted(s)
