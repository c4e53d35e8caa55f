result = '''one
  two "x" 'y'
three'''
