cfg = {'jobs': [{'name': 'a', 'ports': [80, 443]}, {'name': 'b', 'ports': []}], 'meta': {'x': {'y': {'z': 1}}}}
cfg['jobs'][0]['ports'].append(8080)
cfg['meta']['x']['y']['w'] = [1, (2, {'q': None})]
names = [j['name'] for j in cfg['jobs'] if j['ports']]
result = [cfg, names, cfg['meta']['x']['y']['w'][1][1].get('q', 'd'), max(p for j in cfg['jobs'] for p in j['ports'])]
