s = 'abcdef'
u = 'añb→c'
result = [s[0], s[-1], s[1:3], s[:-2], s[::2], s[::-1], s[4:1:-1], s[10:], s[-100:2], u[1], u[-2:], u[::-1], len(u), list(u), s[True]]
