import re
result = [re.findall(r'\d', 'a1b2'), re.findall(r'(\w)(\d)', 'a1b2'), re.findall(r'(\d)', 'a1b2'), re.findall(r'x', 'a'), re.findall(r'x*', 'axb'), re.findall(r'\b', 'ab c')]
