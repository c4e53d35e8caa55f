out = []
for write in (str, repr, lambda n: '%d' % n, lambda n: '{:,}'.format(n), lambda n: f'{n}'):
    try:
        write(10 ** 4300)
    except ValueError as e:
        out.append(str(e).split(';')[0])
result = [out, len(str(10 ** 4300 - 1)), len(hex(16 ** 5000))]
