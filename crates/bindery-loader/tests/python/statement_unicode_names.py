größe = 5
π = 3.14
result = größe + π
