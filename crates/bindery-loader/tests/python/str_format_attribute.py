result = '{0.real} {0.imag}'.format(5)
