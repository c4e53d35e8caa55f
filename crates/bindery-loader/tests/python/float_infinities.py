inf = float('inf')
result = [str(inf), str(-inf), inf > 10 ** 400, inf == inf, str(inf - inf), inf * 2 == inf, -inf < -10 ** 400]
