class P(Struct):
  name = String
p = P()
q = p(nmae = "x")
