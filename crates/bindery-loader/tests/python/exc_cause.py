try:
    raise ValueError('wrapped') from KeyError('cause')
except ValueError as e:
    result = repr(e.__cause__)
