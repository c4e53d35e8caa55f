def parse(v):
  return tuple(int(p) if p.isdigit() else p for p in v.split('.'))
versions = ['1.10.0', '1.9.3', '1.2', '1.10']
import re
def bump(v, part=-1):
  nums = [int(n) for n in re.findall(r'\d+', v)]
  nums[part] += 1
  return '.'.join(map(str, nums))
result = [sorted(versions, key=parse), max(versions, key=parse), [bump(v) for v in versions], parse('2.0') > parse('1.99'), re.match(r'^v?(\d+)\.(\d+)(?:\.(\d+))?$', 'v1.2').groups()]
