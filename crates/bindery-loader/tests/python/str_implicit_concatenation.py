result = ['a' 'b' "c", ('x'
    'y'), 'a' r'\n' 'b']
