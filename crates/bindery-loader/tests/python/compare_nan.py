nan = float('nan')
result = [nan == nan, nan != nan, nan < 1, nan in [nan], [nan] == [nan]]
