s = 'añb'
result = [list(s), len(s), 'ñ' in s, s[1], sorted(s), max(s), min(s), list(reversed(s)), list(enumerate(s))]
