s = 'hello hello'
result = [s.find('l'), s.rfind('l'), s.find('z'), s.find('h', 1), s.find('l', 3, 4), s.find(''), s.rfind(''), s.find('', 100), s.find('lo', -5)]
