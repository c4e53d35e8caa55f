result = [format('abc', s) for s in ('', 's', '5', '>5', '.2', '^7.2', '*<4', '05')]
