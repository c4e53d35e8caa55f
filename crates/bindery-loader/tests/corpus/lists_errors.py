out = []
def t(f):
  try:
    out.append(f())
  except Exception as e:
    out.append((type(e).__name__, str(e)))
t(lambda: [].pop()); t(lambda: [1].pop(3)); t(lambda: [1].remove(2)); t(lambda: [1].index(2)); t(lambda: [1][5]); t(lambda: [].x); t(lambda: [3, 'a'].sort()); t(lambda: sum(['a'])); t(lambda: max([])); t(lambda: list(5)); t(lambda: [1, 2][::0]); t(lambda: ','.join([1])); t(lambda: [1]['a']); t(lambda: next(iter([])))
result = out
