result = (lambda x: lambda y: x - y)(10)(4)
