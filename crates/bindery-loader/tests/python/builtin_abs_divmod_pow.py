result = [abs(-5), abs(-2.5), abs(True), divmod(17, 5), pow(2, 10), pow(2, -1), pow(2.0, 3), pow(2, 10, 1000)]
