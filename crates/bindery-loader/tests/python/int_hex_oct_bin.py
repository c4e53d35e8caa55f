result = [hex(255), hex(-255), oct(8), oct(-8), bin(5), bin(-5), hex(0), bin(True)]
