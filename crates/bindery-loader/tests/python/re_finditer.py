import re
result = [(m.start(), m.group()) for m in re.finditer(r'[aeiou]', 'education')]
