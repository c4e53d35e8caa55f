result = [len({1, 1.0, True}), 1 in {True}, len({0, False, 0.0, '0'})]
