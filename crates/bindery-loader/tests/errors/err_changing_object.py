class P(Struct):
  name = String
p = P()
p.name = "x"
