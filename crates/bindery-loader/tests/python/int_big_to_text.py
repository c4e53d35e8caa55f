a = 123456789 ** 7
result = [str(a), repr(-a), hex(a), oct(a), bin(2 ** 70), '%d' % a, '{:,}'.format(a), '{:x}'.format(a), f'{a:+_d}', '%x' % -a]
