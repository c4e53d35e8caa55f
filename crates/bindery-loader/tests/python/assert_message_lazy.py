assert True, 1 / 0
result = 1
