class A(Struct):
  x = Integer
class B(A, Struct):
  y = Integer
