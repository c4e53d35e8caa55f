result = [repr(s) for s in ("a", "it's", 'say "x"', 'both\'"', 'tab\t', 'nl\n', '\\', '\x00\x7f', 'é😀', '\u200b', '\xa0', '\ud7ff')]
