getattr([], 'nope')
