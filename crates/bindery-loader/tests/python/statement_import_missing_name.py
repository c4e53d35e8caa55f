try:
    from math import no_such_name
except ImportError as e:
    result = str(e).split(' (')[0]
