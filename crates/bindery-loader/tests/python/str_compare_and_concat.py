result = ['a' < 'b', 'abc' < 'abcd', 'a' + 'b', 'ab' == 'a' 'b', 'A' < 'a', '10' < '9']
