s = 'abcdefgh'
result = [s[1:4], s[::-1], s[::2], s[-2:], s[3], s[-1], s[10:], s[:]]
