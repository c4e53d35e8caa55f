from collections import defaultdict
defaultdict()['x']
