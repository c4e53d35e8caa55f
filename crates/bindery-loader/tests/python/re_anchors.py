import re
result = [bool(re.match('a$', 'a\n')), bool(re.search(r'a\Z', 'a\n')), bool(re.match(r'\Aa', 'ab')), re.findall('$', 'a\nb'), re.findall(r'\bfoo\b', 'foo food foo'), re.findall(r'\Bo', 'foo')]
