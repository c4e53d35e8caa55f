import re
result = [re.findall('a', 'aA', re.I), re.findall('^b', 'a\nb', re.MULTILINE), re.findall('a.b', 'a\nb', re.DOTALL), re.match(r'''a  # comment
b''', 'ab', re.VERBOSE).group(), re.findall('(?i)x', 'xX'), re.findall('^a$', 'A', re.I | re.M)]
