x = [1, 2, 3]
result = [x[None:2], x[None:None:None], x[slice(1, None)]]
