nan, inf = float('nan'), float('inf')
result = ['{:f}'.format(inf), '{:F}'.format(nan), '{:+}'.format(inf), '{:06}'.format(-inf), '%d' % 3.99, '%s' % nan, '{:e}'.format(inf), '{:%}'.format(inf), '{:5.1f}|'.format(nan)]
