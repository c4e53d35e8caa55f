def make():
    global made
    made = 'yes'
make()
result = made
