ENVIRONMENTS = {'prod': {'instances': 10, 'cluster': 'west'}, 'staging': {'instances': 2}, 'devel': {}}
DEFAULTS = dict(instances=1, cluster='east', cpu=0.5)
SERVICES = ['web', 'api', 'worker']
def settings(env, **overrides):
  merged = dict(DEFAULTS)
  merged.update(ENVIRONMENTS.get(env, {}))
  merged.update((k, v) for k, v in overrides.items() if v is not None)
  return merged
jobs = []
for env in sorted(ENVIRONMENTS):
  for i, service in enumerate(SERVICES):
    s = settings(env, cpu=i or None)
    jobs.append('%s/%s/%s x%d cpu=%.1f' % (s['cluster'], env, service, s['instances'], s['cpu']))
result = [jobs, len(jobs), [j for j in jobs if j.startswith('west')], {e: settings(e)['instances'] for e in ENVIRONMENTS}]
