import math
result = [math.isnan(float('nan')), math.isinf(float('-inf')), math.isfinite(1), str(math.inf), str(math.nan), math.isclose(0.1 + 0.2, 0.3), math.copysign(1, -0.0), math.fmod(-7, 3), math.modf(2.5), math.fsum([0.1] * 10), math.tau]
