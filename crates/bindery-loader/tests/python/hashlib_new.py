import hashlib
result = [hashlib.new('md5', b'x').hexdigest(), hashlib.new('sha1').hexdigest()]
