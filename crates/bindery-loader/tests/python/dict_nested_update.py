d = {}
d.setdefault('x', {}).setdefault('y', []).append(1)
d['x']['z'] = d['x']['y'] * 2
result = d
