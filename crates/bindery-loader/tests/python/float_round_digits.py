result = [round(2.675, 2), round(1.005, 2), round(1234.5678, -2), round(0.5, 0), round(1.25, 1), round(-1.25, 1), round(1e300, 2), round(5.015, 2), round(3.14159, 3)]
