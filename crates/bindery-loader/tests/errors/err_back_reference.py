import re
x = re.match(r"(a)\1", "aa")
