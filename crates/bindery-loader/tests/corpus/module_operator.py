from operator import itemgetter, attrgetter, methodcaller, add, mul
result = [sorted([(1, 'b'), (0, 'z')], key=itemgetter(1)), itemgetter(0, 2)('abc'), add(1, 2), methodcaller('upper')('a'), methodcaller('split', ',')('a,b'), attrgetter('real')(5), list(map(mul, [1, 2], [3, 4]))]
