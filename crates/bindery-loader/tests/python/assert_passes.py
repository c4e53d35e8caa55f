assert True
assert 1 == 1, 'never seen'
result = 'ok'
