def job(name, cluster): pass
job(name = "a", clster = "b")
