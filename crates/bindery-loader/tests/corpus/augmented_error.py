x = [1]
result = 5
result += 'a'
