result = ' A,b ; C '.strip().lower().replace(' ', '').split(';')[0].split(',')[::-1]
