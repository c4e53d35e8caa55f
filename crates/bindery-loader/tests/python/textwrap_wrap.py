import textwrap
s = 'The quick brown fox jumped over the lazy dog, and well-known averylongwordindeed.'
result = [textwrap.wrap(s, 20), textwrap.fill(s, 30), textwrap.wrap(s, 10), textwrap.wrap('', 10), textwrap.fill(s, 40, initial_indent='* ', subsequent_indent='  '), textwrap.wrap(s, 12, break_long_words=False)]
