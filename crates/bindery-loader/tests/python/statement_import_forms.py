import os.path
import json as j, math
from os.path import join, basename as base
result = [os.path.join('a', 'b'), j.dumps([1]), math.floor(1.5), join('x', 'y'), base('/a/b')]
