import re
x = re.sub(r"a(?=b)", "", "ab")
