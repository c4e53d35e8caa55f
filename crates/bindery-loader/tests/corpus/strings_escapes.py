result = ['a\tb', "it's", 'say "hi"', 'both \' and "', '\x00\x7f\xa0', 'é→😀', '\u200b', r'\n', 'a' 'b' "c", '''x
y''', b'ab\x00\xff', '\N{BULLET}']
