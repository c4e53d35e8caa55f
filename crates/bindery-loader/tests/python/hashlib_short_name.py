import hashlib
name = 'role/env/job'
result = hashlib.sha1(name.encode('utf-8')).hexdigest()[:8]
