import re
m = re.search(r'(?P<name>[a-z]+)=(?P<value>\d*)', 'x key=42;')
result = [m.group('name'), m['value'], m.groupdict(), m.start('name'), m.re.pattern, m.string]
