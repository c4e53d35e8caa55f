result = [bin(-1), hex(-16), oct(-9), bin(2 ** 65)]
