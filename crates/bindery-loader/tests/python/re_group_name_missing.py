import re
re.match('a', 'a').group('x')
