'abc'.rindex('z')
