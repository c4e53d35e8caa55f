KB = 1024
MB, GB = KB * 1024, KB ** 3
def size(text):
  units = {'K': KB, 'M': MB, 'G': GB}
  number, unit = text[:-1], text[-1].upper()
  return int(float(number) * units[unit])
def human(n):
  for unit in ['B', 'KB', 'MB', 'GB']:
    if n < 1024 or unit == 'GB':
      return '%.1f%s' % (n, unit) if unit != 'B' else '%d%s' % (n, unit)
    n /= 1024
result = [size('1.5G'), size('512m'), [human(x) for x in (5, 2048, 3 * MB, 5 * GB + 1)], 64 * MB // GB, 2 * GB % (3 * MB)]
