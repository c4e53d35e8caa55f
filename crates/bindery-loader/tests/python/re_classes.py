import re
result = [re.findall(r'[^\W\d_]+', 'a1_é2'), re.findall(r'\s+', 'a \t\nb'), re.findall(r'[a-c-]', 'a-d'), re.findall(r'[]a]', ']a'), re.findall(r'[\]\\]', ']\\'), re.findall(r'\d+', '٣4'), re.findall(r'[\w.]+', 'a.b c')]
