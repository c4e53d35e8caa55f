def flag(name, value):
    return '--%s' % name.replace('_', '-') + ('' if value is True else '=%s' % value)
options = {'max_heap': '2g', 'verbose': True, 'port': 8080}
result = ' '.join(flag(k, v) for k, v in sorted(options.items()) if v is not False)
