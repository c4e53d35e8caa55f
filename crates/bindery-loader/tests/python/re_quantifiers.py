import re
result = [re.match('a{2}', 'aaa').group(), re.match('a{2,}', 'aaa').group(), re.match('a{,2}', 'aaa').group(), re.match('a+?', 'aaa').group(), re.match('<.*?>', '<a><b>').group(), re.match('a{x', 'a{x').group(), re.match('a??', 'a').group()]
