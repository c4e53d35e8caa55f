d, x = {'k': [1, 2]}, 5
result = [f'{d["k"][1]}', f'{x if x > 3 else 0}', f'{(lambda a: a * 2)(x)}', f'{[i for i in range(3)]}', f'{ {"a": 1} }', f'{x!r:>4}', f'{x:>{x}}', f'{",".join("ab")}', f'{x==5}', f'{x!=5}']
