import re
result = [re.match('a|ab', 'ab').group(), re.match('(a|b)*', 'abab').group(1), re.match('(?:a|b)+', 'abab').group(), re.findall('(a)|(b)', 'ab')]
