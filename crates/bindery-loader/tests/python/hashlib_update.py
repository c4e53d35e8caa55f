import hashlib
h = hashlib.sha256()
h.update(b'a')
h.update(b'bc')
result = [h.hexdigest() == hashlib.sha256(b'abc').hexdigest(), h.digest_size, h.name, h.block_size, list(hashlib.md5(b'').digest())[:4]]
