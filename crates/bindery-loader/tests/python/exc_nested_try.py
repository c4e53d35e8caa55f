out = []
try:
    try:
        raise KeyError('inner')
    except ValueError:
        out.append('wrong')
    finally:
        out.append('inner finally')
except KeyError as e:
    out.append(e.args[0])
result = out
