import re
p = re.compile(r'(\d+)\.(\d+)', re.I)
result = [p.match('1.2').groups(), p.sub('v', 'a 1.2 b'), p.split('x1.2y'), p.findall('1.2 3.4'), p.pattern, p.groups, p.search('zz 3.4').start(), p.match('x1.2', 1).group()]
