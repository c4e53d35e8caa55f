result = ['v1.2'.removeprefix('v'), 'v1'.removeprefix('x'), 'a.txt'.removesuffix('.txt'), 'a.txt'.removesuffix('')]
