z = -0.0
result = [str(z), z == 0, str(abs(z)), str(z + 0), str(-z), str(z * 1)]
