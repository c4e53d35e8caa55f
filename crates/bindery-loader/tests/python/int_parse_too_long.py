out = []
for digits in ('9' * 4301, '-' + '9' * 5000, '1_' * 4300 + '1'):
    try:
        int(digits)
    except ValueError as e:
        out.append(str(e).split(';')[0])
result = [out, int('9' * 4300) == 10 ** 4300 - 1, int('f' * 5000, 16).bit_length()]
