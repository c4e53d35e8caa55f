result = ['{:{}}'.format('a', 5), '{:{w}.{p}f}'.format(3.14159, w=8, p=2), '{:{fill}^{w}}'.format('x', fill='*', w=5)]
