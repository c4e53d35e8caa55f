s = 'Hello wORLD ß'
result = [s.upper(), s.lower(), s.title(), s.capitalize(), s.swapcase(), s.casefold()]
