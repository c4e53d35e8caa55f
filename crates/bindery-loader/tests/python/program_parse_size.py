def parse(text):
    units = {'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30}
    number, unit = text[:-1], text[-1].lower()
    if unit.isdigit():
        return int(text)
    try:
        return int(float(number) * units[unit])
    except KeyError:
        raise ValueError('unknown unit %r' % unit)
sizes = [parse(s) for s in ('512', '1K', '1.5m', '2G')]
try:
    parse('5x')
except ValueError as e:
    sizes.append(str(e))
result = sizes
