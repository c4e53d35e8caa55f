def flags(*args, **kwargs):
  out = list(args)
  for key in sorted(kwargs):
    value = kwargs[key]
    name = '--' + key.replace('_', '-')
    if value is True:
      out.append(name)
    elif isinstance(value, (list, tuple)):
      out.extend('%s=%s' % (name, v) for v in value)
    elif value not in (None, False):
      out.append('{}={}'.format(name, value))
  return ' '.join(out)
cmd = """
  set -e
  {fetch} && \\
    ./run {flags}
""".format(fetch='curl -O http://x/{{version}}'.replace('{{', '{{').strip(), flags=flags('-v', port=80, debug=True, host=['a', 'b'], off=False))
result = [flags('a', x=1, y=None), cmd, ' && '.join(c for c in ['a', '', 'b'] if c)]
