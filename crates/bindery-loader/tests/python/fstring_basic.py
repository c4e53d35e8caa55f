name, n = 'x', 3
result = [f'{name}', f'a{n}b', f'{n + 1}', f'{name!r}', f'{n:03d}', f'{{}}', f'{n}{n}', f'', f'{"nested"}']
