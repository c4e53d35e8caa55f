try:
    pass
except ValueError:
    pass
else:
    raise ValueError('from else')
