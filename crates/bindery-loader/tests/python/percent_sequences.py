result = ['%s' % [1, 2], '%s' % ((1, 2),), '%s and %s' % ([1], {'a': 1}), '%r' % (None,), '%s' % {'a': 1}, '%s' % ()  if False else 'skip']
