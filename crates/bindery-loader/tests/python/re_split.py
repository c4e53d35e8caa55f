import re
result = [re.split(r'[,;]\s*', 'a, b;c'), re.split(r'(,)', 'a,b'), re.split(r',', 'a,b,c', 1), re.split(r'x', 'abc'), re.split(r'\b', 'a b'), re.split('x*', 'axb'), re.split(',', '')]
