result = [slice(None, None, -1).indices(5), slice(1, 100, 2).indices(7)]
