import string
t = string.Template('run $cmd --env=${env}_x $$HOME')
result = [t.substitute({'cmd': 'a', 'env': 'prod'}), '{cmd}/{env}'.format(**{'cmd': 'a', 'env': 'b'}), '%(cmd)s %(env)r' % dict(cmd='a', env='b'), '{{{0}}}'.format('x'), '{{mesos.instance}}', '{{%s}}' % 'ref', f'{{{{{1 + 1}}}}}', '{0.real} {1[0]} {2[k]}'.format(5, 'ab', {'k': 'v'})]
