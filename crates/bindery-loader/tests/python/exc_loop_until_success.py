tries = 0
while True:
    try:
        tries += 1
        if tries < 3:
            raise OSError('again')
        break
    except OSError:
        continue
result = tries
