up = 'abc'.upper
l = []
add = l.append
for i in range(3): add(i)
table = {'lower': str.lower, 'strip': str.strip, 'len': len}
result = [up(), l, [table[k](' AbC ') for k in ('lower', 'strip', 'len')], list(map(' x '.__class__.strip, [' y '])), [m(3) for m in (abs, str, float, bool)]]
