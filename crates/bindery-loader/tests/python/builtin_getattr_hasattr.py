result = [hasattr('a', 'upper'), hasattr('a', 'nope'), getattr('a', 'upper')(), getattr('a', 'nope', 5), hasattr([], 'append'), hasattr(1, 'real')]
