x = List(Integer)("abc")
