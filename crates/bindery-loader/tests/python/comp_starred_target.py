result = [rest for first, *rest in ['abc', 'd', 'ef']]
