result = [str(ValueError('a')), str(ValueError(5)), str(ValueError()), str(ValueError(None))]
