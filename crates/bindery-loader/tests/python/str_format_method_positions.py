result = ['{} {}'.format(1, 2), '{1} {0}'.format('a', 'b'), '{0}{0}'.format('x'), '{a}-{b}'.format(a=1, b=2), '{0[1]} {1[k]}'.format([1, 2], {'k': 'v'}), '{{}} {}'.format(1)]
