s = 'aé😀z'
result = [s[1:3], s[::-1], s[2], len(s)]
