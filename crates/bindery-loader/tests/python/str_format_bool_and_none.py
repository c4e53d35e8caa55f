result = ['{}'.format(True), '{:d}'.format(True), '{:5}'.format(True), '{}'.format(None), format(None, ''), '{!s:>6}'.format(None), '{!r:>5}'.format('a')]
