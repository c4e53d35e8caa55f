import re
out = []
for line in ('k=v', 'bad', 'x=1'):
    if m := re.match(r'(\w)=(\w)', line):
        out.append(m.groups())
result = out
