result = [ascii('aé😀'), ascii(['ü']), '%a' % 'ñ', f'{"ñ"!a}', '{!a}'.format('ñ')]
