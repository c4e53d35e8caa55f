import hashlib, base64
h = hashlib.sha256(); h.update(b'a'); h.update(b'b')
result = [hashlib.md5(b'abc').hexdigest(), hashlib.sha1('x'.encode()).hexdigest(), h.hexdigest(), hashlib.sha512(b'').hexdigest()[:16], hashlib.new('sha224', b'z').hexdigest(), base64.b64encode(b'hello').decode(), base64.b64decode('aGVsbG8='), base64.urlsafe_b64encode(b'\xfb\xff'), hashlib.md5(b'q').digest()[:2], h.digest_size, h.name]
