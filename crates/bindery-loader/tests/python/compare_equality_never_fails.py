result = [1 == 'a', [] == (), None == 0, {} == [], 'a' == b'a', print == len, 1 != None]
