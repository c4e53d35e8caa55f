import hashlib
result = [getattr(hashlib, n)(b'abc').hexdigest() for n in ('md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512')]
