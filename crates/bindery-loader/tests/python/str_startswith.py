s = 'prefix-name'
result = [s.startswith('pre'), s.startswith(('x', 'pre')), s.startswith('fix', 3), s.endswith('name'), s.endswith(()), s.endswith(('a', 'e')), s.startswith(''), s.endswith('pre', 0, 3)]
