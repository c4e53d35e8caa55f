try:
    [][0]
except Exception as e:
    result = [isinstance(e, IndexError), isinstance(e, LookupError), isinstance(e, KeyError), isinstance(e, (KeyError, Exception))]
