rows = [('name', 'cpu'), ('web', 1.5), ('batch-job', 16)]
lines = ['%-10s|%6s' % r for r in rows] + ['{:<10}|{:>6}'.format(*r) for r in rows] + [f'{n:.<12}{c!s:.>6}' for n, c in rows]
result = lines
