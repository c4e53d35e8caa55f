result = [format(3.14159, '.2f'), format(5), format('a', '>3'), format(1234567, ','), format(True), format([1])]
