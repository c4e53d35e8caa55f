import os
result = [os.path.join('a', 'b', 'c'), os.path.join('a', '/b'), os.path.join('a/', 'b'), os.path.join('a', ''), os.path.join('', 'a'), os.path.join('a'), os.path.join('/', 'x')]
