specs = ['', 'e', '.0e', 'f', '.0f', '.3f', 'g', '.2g', '.10g', '%', '.1%', '+.2f', '010.2f', ',.2f', 'G', 'E', '#.0f', '#g', '>12.3f', '_.1f', 'n']
values = [0.0, -0.0, 1.0, 0.5, 123456.789, 1e-10, -2.5e20, 1e16, float('inf'), float('-inf'), float('nan')]
result = [[format(v, s) for s in specs] for v in values]
