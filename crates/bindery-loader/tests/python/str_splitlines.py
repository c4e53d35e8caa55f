result = ['a\nb\r\nc\rd'.splitlines(), 'a\n'.splitlines(), 'a\nb\n'.splitlines(True), ''.splitlines(), 'a\x0bb\x0cc\u2028d'.splitlines()]
