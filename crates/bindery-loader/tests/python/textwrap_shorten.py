import textwrap
result = [textwrap.shorten('Hello  world!', 12), textwrap.shorten('Hello  world!', 11), textwrap.shorten('Hello world', 10, placeholder='...'), textwrap.shorten('a b', 50)]
