import re
result = [re.match('a{,2}', 'aaa').group(), re.match('ba{,}', 'baaa').group()]
