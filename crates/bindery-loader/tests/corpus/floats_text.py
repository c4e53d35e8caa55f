values = [0.1, 1.0, 1e16, 1e15, 123456789.123, 1e-4, 1e-5, 1.5e300, 5e-324, -0.0, float('inf'), float('-inf'), float('nan'), 1e22, 100.0, 2.5]
result = [(repr(v), str(v), '%g' % v, '{:.3g}'.format(v), '{:g}'.format(v), '{:.0f}'.format(v), '{:f}'.format(v)) for v in values]
