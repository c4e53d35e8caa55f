try:
    assert False, 'no'
except AssertionError as e:
    result = [str(e), e.args]
