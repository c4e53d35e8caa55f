name, n, pi = 'x', 42, 3.14159
d = {'a': [1]}
result = [f'{name}', f'{n:>5}|{n:<5}|{n:^5}', f'{pi:.2f} {pi:{n // 6}.3f}', f'{name!r} {name!s:>3}', f'{{literal}} {n}', f'{d["a"][0]}', f'{n + 1 if n else 0}', f'{n=} {pi = :.1f}', f'a{n}' 'b' f'{name}', f'{"nested " + f"{n}"}', f'{None} {[1, "a"]}', rf'\d{n}', f'{(lambda q: q * 2)(3)}', f'{n:,} {10 ** 6:_}', f'{-n:08.2f}', f'{True} {True:d} {1:e}']
