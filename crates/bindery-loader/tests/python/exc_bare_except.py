try:
    undefined
except:
    result = 'caught'
