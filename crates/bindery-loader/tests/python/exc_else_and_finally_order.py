out = []
def run(fail):
    try:
        out.append('try')
        if fail:
            raise ValueError('no')
    except ValueError as e:
        out.append(str(e))
    else:
        out.append('else')
    finally:
        out.append('finally')
run(False)
run(True)
result = out
