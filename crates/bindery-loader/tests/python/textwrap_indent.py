import textwrap
result = [textwrap.indent('a\nb\n\nc', '  '), textwrap.indent('a\n\nb', '> ', lambda line: True), textwrap.indent('', 'x')]
