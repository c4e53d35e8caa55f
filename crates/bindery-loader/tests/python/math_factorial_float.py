import math
math.factorial(2.5)
