import os.path
result = [os.path.normpath(p) for p in ('a//b', 'a/./b', 'a/../b', '../a', '/..', '', 'a/b/../../..', '//a', '///a', '/a/b/')]
