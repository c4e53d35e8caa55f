import re
m = re.match(r'(\w+)-(\d+)(x)?', 'ab-12')
result = [m.groups(), m.group(1, 2), m.group(0), m.start(2), m.end(2), m.span(1), m.group(3), m.groups('none'), m[1], m.lastindex]
