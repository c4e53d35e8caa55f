import re
result = [re.escape('a.b*c'), re.escape('a-b_c/d e'), re.escape('é[x]{1}#&~'), re.escape('')]
