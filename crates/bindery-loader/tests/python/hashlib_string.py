import hashlib
hashlib.md5('text')
