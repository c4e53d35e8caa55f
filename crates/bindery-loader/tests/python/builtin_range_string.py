range('3')
