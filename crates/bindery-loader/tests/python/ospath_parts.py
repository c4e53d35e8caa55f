import os.path
result = [os.path.basename('/a/b.txt'), os.path.dirname('/a/b.txt'), os.path.split('/a/b/'), os.path.splitext('a.tar.gz'), os.path.splitext('.bashrc'), os.path.basename('a/'), os.path.dirname('a'), os.path.dirname('/'), os.path.splitext('a.b/c'), os.path.splitext('..x.y')]
