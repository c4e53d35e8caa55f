from itertools import accumulate
import operator
result = [list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul)), list(accumulate([1, 2], initial=10)), list(accumulate('abc')), list(accumulate([]))]
