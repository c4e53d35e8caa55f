result = [bool('False'), int('5') + int(5.9), float('2') + 1, str(5) + '6', bool(), str(), int(False), float(10 ** 20)]
