x = 5
y = 'a'
result = [f'{x=}', f'{x = }', f'{y=}', f'{y=!s}', f'{x=:03}', f'{x + 1=}']
