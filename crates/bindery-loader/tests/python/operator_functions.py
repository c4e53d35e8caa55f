import operator
result = [operator.add(1, 2), operator.itemgetter(1)([5, 6]), operator.itemgetter('a', 'b')({'a': 1, 'b': 2}), operator.attrgetter('real')(5), operator.methodcaller('upper')('a'), operator.contains([1], 1), sorted([(1, 'b'), (0, 'c')], key=operator.itemgetter(1)), operator.mul(3, 'a'), operator.not_(0), operator.truth([]) if hasattr(operator, 'truth') else False]
