out = []
for i in range(5):
    try:
        if i == 2:
            break
    finally:
        out.append(i)
result = out
