it = iter([1, 2])
result = [next(it), next(it), next(it, 'end'), next(it, None)]
