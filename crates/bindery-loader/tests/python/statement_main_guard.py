out = 'no'
if __name__ == '__main__':
    out = 'yes'
result = out
