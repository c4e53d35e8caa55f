clusters = {'east': 3, 'west': 2}
result = ['%s/%s-%02d' % (c, 'web', i) for c, n in sorted(clusters.items()) for i in range(n)]
