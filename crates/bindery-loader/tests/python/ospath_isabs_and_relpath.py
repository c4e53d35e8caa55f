import os.path
result = [os.path.isabs('/a'), os.path.isabs('a'), os.path.relpath('/a/b', '/a/c'), os.path.relpath('/a', '/a'), os.path.commonprefix(['/ab/c', '/ab/d']), os.sep, os.path.sep]
