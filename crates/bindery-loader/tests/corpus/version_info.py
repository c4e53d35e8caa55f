import sys
v = sys.version_info
result = [v[0], v.major, v >= (3, 0), v[:1], v < (2, 7), len(v), v.releaselevel, v.minor > 5, sys.version_info.major == 3]
