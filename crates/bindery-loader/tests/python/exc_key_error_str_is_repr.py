try:
    {}['missing']
except KeyError as e:
    result = [str(e), e.args]
