result = [callable(len), callable(lambda: 0), callable(5), callable(str), callable('a'.upper), callable(None)]
