result = ['a\tb'.expandtabs(), 'a\tb'.expandtabs(4), 'ab\tc\n\td'.expandtabs(3), '\t'.expandtabs(0)]
