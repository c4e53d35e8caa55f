x = "a".uper()
