x = List(Integer)(i for i in range(3))
