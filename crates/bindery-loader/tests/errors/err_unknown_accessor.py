class P(Struct):
  name = String
x = P(name = "a").nam()
