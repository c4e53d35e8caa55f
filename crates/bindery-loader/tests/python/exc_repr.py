result = [repr(ValueError('a')), repr(ValueError()), repr(KeyError('k')), repr(ValueError('a', 1))]
