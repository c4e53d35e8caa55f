'abc'.startswith(1)
