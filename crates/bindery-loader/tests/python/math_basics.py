import math
result = [math.floor(-1.5), math.ceil(1.2), math.trunc(-1.7), math.sqrt(16), math.pi, math.e, math.fabs(-2), math.pow(2, 3), math.factorial(20), math.gcd(12, 18), math.hypot(3, 4), math.isqrt(17), math.comb(5, 2), math.lcm(4, 6), math.prod([1, 2, 3])]
