import base64
result = [base64.b64encode(b'hello\xff').decode(), base64.b64decode('aGk=').decode(), base64.b64decode(b'aGk=').decode(), base64.urlsafe_b64encode(b'\xfb\xff').decode(), list(base64.urlsafe_b64decode('-_8=')), base64.b64encode(b'').decode()]
