class P(Struct):
  processes = Integer
  name = String
p = P(name = "x",
      proceses = 1)
