text = """first
  second
\ttabbed \\ backslash
"""
joined = ('a'
          'b'
          f'{1}' 'c')
raw = r"C:\new\table"
cont = 1 + \
  2
result = [text, text.splitlines(), joined, raw, cont, '''it's "quoted"''', "tab\there", '\u00e9\x41\101\N{EM DASH}']
