import re
result = [re.sub('', '-', 'ab'), re.findall('', 'ab'), re.split('', 'ab'), re.match('', 'ab').span(), re.sub('b*', 'x', 'abc')]
