result = [divmod(7, -3), divmod(-7, 3), divmod(-7, -3), divmod(0, 5), divmod(7.5, 2), divmod(-7.5, 2)]
