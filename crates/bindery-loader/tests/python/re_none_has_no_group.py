import re
re.match('a', 'b').group()
