result = [dict.fromkeys('ab'), dict.fromkeys([1, 2], 0)]
