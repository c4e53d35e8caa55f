from itertools import permutations, combinations, combinations_with_replacement
result = [list(permutations('abc', 2)), list(permutations([1, 2])), list(combinations('abcd', 2)), list(combinations_with_replacement('ab', 2)), list(combinations('a', 2)), list(permutations('a', 2))]
