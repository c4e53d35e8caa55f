import re
result = [re.sub(r'\d', '#', 'a1b2'), re.sub(r'(\w)(\d)', r'\2\1', 'a1b2'), re.sub(r'\d', lambda m: str(int(m.group()) * 2), 'a5b7'), re.sub('x*', '-', 'axb'), re.sub(r'a', 'b', 'aaa', 2), re.sub(r'(?P<n>\d)', r'<\g<n>>', 'a1'), re.subn('a', 'b', 'aXa'), re.sub('b', r'\n', 'abc'), re.sub('a', r'\\', 'xax')]
