import os.path
os.path.join('a', 5)
