import re
result = [re.match(r'\d+', '12a').group(), re.match(r'\d+', 'a12'), re.search(r'\d+', 'a12b').group(0), re.search(r'x', 'abc'), re.fullmatch(r'\d+', '12').span(), re.fullmatch(r'\d', '12')]
