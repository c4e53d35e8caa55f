'a'.replace('b')
