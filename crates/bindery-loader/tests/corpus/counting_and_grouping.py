from collections import Counter, defaultdict
from itertools import groupby
words = 'the cat the dog the end'.split()
groups = defaultdict(list)
for w in words:
  groups[len(w)].append(w)
c = Counter(words)
result = [dict(groups), c.most_common(1), sorted(c.items()), {k: list(g) for k, g in groupby(sorted(words, key=len), len)}, c['none'], sum(c.values()), [w for w, n in c.items() if n > 1]]
