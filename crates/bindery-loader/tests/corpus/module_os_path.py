import os.path
from os.path import join, splitext
result = [join('a', 'b', 'c'), join('a/', '/b'), os.path.basename('/x/y.txt'), os.path.dirname('/x/y.txt'), splitext('a.tar.gz'), splitext('.bashrc'), os.path.split('a/b'), os.path.normpath('a/./b/../c//d'), os.path.isabs('/a'), join('a', ''), os.path.dirname('x'), os.path.basename('a/'), os.path.relpath('a/b', 'a/c'), os.path.normpath(''), os.path.commonprefix(['abc', 'abd'])]
