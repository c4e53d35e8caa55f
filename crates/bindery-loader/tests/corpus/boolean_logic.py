def note(x):
  seen.append(x)
  return x
seen = []
result = [note(0) or note('a') or note('b'), note(1) and note('') and note(2), not [], not 'x', (1 if seen else 2), seen]
