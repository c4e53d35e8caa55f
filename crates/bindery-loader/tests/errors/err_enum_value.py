Mode = Enum("Mode", ("RO", "RW"))
class V(Struct):
  mode = Mode
v = V(
  mode = "WO")
