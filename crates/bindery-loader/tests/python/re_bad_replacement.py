import re
re.sub('a', r'\5', 'a')
