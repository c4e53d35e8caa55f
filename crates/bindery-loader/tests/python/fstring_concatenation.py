a = 'x'
result = ['a' f'{a}' 'b' f'{a}', f'{a}' '{a}', rf'\n{a}', f'\n{a}\x41']
