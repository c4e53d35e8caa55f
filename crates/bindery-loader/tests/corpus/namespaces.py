env = 'prod'
count = 2
def named(role, job='web', *rest, **more):
  key = '%(role)s/%(job)s' % locals()
  return key, sorted(locals())
def closed(unit):
  def inner(keep):
    return '{unit}-{keep}'.format(**vars())
  def other(keep):
    unused = unit
    del unused
    return '{unit}-{keep}'.format(**locals())
  try:
    first = inner(1)
  except KeyError as error:
    first = repr(error)
  return first, other(2)
before = 'late' in globals(), 'env' in globals(), globals().get('nothing', 'default')
view = globals()
late = 1
after = view['late'], view is globals(), locals() is view, vars() is view
for name in ('a', 'b'):
  globals()['job_' + name] = name * 2
view.update(job_c='c', count=3)
del late
gone = 'late' in view
made = dict(view)
made['job_a'] = 'changed'
copied = view.copy()
copied.clear()
def unset():
  if count > 5:
    never = 1
  return locals()
def generated():
  return [sorted(locals()) for _ in ()] , list(sorted(k for k in locals() if k == 'k') for x in 'a')
class_like = {}
def shadowed():
  locals = lambda: 'mine'
  return locals()
result = ['%(env)s-%(count)d' % globals(), '{env}'.format(**vars()), named('r', more=1), closed('h'), before, after,
          job_a, job_b, job_c, count, gone, made['job_a'], copied, unset(), shadowed(), type(view).__name__]
