result = ['ab'[True], [1, 2][False]]
