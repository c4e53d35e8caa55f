import math
math.isqrt(-5)
