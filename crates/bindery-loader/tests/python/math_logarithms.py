import math
result = [math.log(1), math.log(8, 2), math.log2(8), math.log10(1000), math.exp(0), math.log(10 ** 400) > 900, round(math.log(10), 12)]
