from itertools import groupby
result = [k for k, _ in groupby('aaabbc')]
