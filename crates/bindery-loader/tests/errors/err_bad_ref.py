r = Ref.from_address("a b")
