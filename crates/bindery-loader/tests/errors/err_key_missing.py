d = {"name": 1}
x = d["nmae"]
