result = [str(OSError(2, 'No such file')), OSError(2, 'No such file').errno, str(OSError('x'))]
