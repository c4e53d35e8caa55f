result = [float('1.5'), float(' -2e3 '), float('1_0.5'), float('.5'), float('5.'), float(3), float(True), float(), float('+1e-2'), repr(float('-inf')), repr(float('Infinity')), repr(float('nAn'))]
