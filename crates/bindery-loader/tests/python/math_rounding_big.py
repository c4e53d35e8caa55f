import math
result = [math.floor(1e20), math.ceil(1e20), math.floor(10 ** 30), math.isqrt(10 ** 40), math.factorial(30)]
