result = [round(5), round(15, -1), round(25, -1), round(1234, -2), round(-15, -1), round(5, 2), round(1e20), round(True)]
