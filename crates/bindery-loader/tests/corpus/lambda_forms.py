add = lambda a, b=2, *c, d=4, **e: (a, b, c, d, e)
compose = lambda *fs: lambda x: [f(x) for f in fs]
result = [add(1), add(1, 2, 3, d=5, z=6), compose(str, abs, lambda v: v * 2)(-3), (lambda: None)(), sorted([(2, 'b'), (1, 'c')], key=lambda t: t[1]), (lambda x: (lambda y: x + y))(1)(2)]
