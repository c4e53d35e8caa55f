(1, 2)[None]
