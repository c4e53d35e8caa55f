result = [sum(x for x in range(5)), max(len(w) for w in ['a', 'bbb']), ','.join(str(x) for x in range(3))]
