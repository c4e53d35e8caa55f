import textwrap
result = [textwrap.dedent('  a\n    b\n  c'), textwrap.dedent('\n    x\n      y\n'), textwrap.dedent('a\n  b'), textwrap.dedent('  a\n \n  b\n'), textwrap.dedent('\ta\n\tb')]
