def nothing():
    pass
nothing(1)
