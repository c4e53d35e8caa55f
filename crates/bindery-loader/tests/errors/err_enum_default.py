Mode = Enum("RO", "RW")
class V(Struct):
  mode = Default(Mode, "XX")
